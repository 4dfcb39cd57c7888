/* Attacks on the buffers and on the messages in them. */
#include "hostile.h"

static const buffer *buffer_of(int32_t which) { return which == 0 ? &input : &output; }

/* An honest answer, and then a stack pointer of 0: the input buffer, 1: the output buffer. */
static void stack_pointer(int32_t which, uint64_t value)
{
    answer(1);
    write_word(buffer_of(which), 0, value);
    done();
}
LODGE_EXPORT(StackPointer, stack_pointer, void, int32_t, uint64_t)

/* A stack pointer that is some bytes beside the one of an honest answer, or beside the buffer's end. */
static void stack_pointer_beside(int64_t distance, bool of_end)
{
    answer(1);
    write_word(&output, 0, (of_end ? output.size : read_word(&output, 0)) + (uint64_t)distance);
    done();
}
LODGE_EXPORT(StackPointerBeside, stack_pointer_beside, void, int64_t, bool)

static void back_pointer(uint64_t value)
{
    answer(1);
    write_word(&output, read_word(&output, 0) - 8, value);
    done();
}
LODGE_EXPORT(BackPointer, back_pointer, void, uint64_t)

/* Back pointers beside the place where they are themselves. */
static void back_pointer_beside(int64_t distance)
{
    answer(1);
    uint64_t at = read_word(&output, 0) - 8;
    write_word(&output, at, at + (uint64_t)distance);
    done();
}
LODGE_EXPORT(BackPointerBeside, back_pointer_beside, void, int64_t)

/* The stack pointer at the buffer's end, and a message that is all of the buffer. */
static void full_buffer(uint32_t prefix)
{
    answer(1);
    memset(output.start, 0xff, output.size);
    write_word(&output, 0, output.size);
    write_word(&output, output.size - 8, 8);
    __builtin_memcpy(output.start + 8, &prefix, sizeof(prefix));
    done();
}
LODGE_EXPORT(FullBuffer, full_buffer, void, uint32_t)

static void size_prefix(uint32_t value)
{
    answer(1);
    __builtin_memcpy(output.start + 8, &value, sizeof(value));
    done();
}
LODGE_EXPORT(SizePrefix, size_prefix, void, uint32_t)

/* The size that just fits, and some bytes more or fewer. */
static void size_prefix_beside(int32_t distance)
{
    answer(1);
    uint32_t value = (uint32_t)(read_word(&output, 0) - 8 - 8 - 4) + (uint32_t)distance;
    __builtin_memcpy(output.start + 8, &value, sizeof(value));
    done();
}
LODGE_EXPORT(SizePrefixBeside, size_prefix_beside, void, int32_t)

static void leave_call(void)
{
    push_answer(1);
    done();
}
LODGE_EXPORT(LeaveCall, leave_call, void)

static void two_results(void)
{
    push_answer(1);
    answer(2);
    done();
}
LODGE_EXPORT(TwoResults, two_results, void)

static void no_result(void)
{
    buffer_pop(&input);
    done();
}
LODGE_EXPORT(NoResult, no_result, void)

/* Any bytes as the result. */
static void raw_result(lodge_bytes message)
{
    size_t room;
    uint8_t *to = buffer_room(&output, &room);
    memcpy(to, message.data, message.size);
    buffer_push(&output, message.size);
    buffer_pop(&input);
    done();
}
LODGE_EXPORT(RawResult, raw_result, void, lodge_bytes)

static void push_raw(lodge_bytes message)
{
    size_t room;
    uint8_t *to = buffer_room(&output, &room);
    memcpy(to, message.data, message.size);
    buffer_push(&output, message.size);
}

/* Any bytes as a call of the host; whether the host's function has failed. */
static bool raw_host_call(lodge_bytes message)
{
    push_raw(message);
    out32(PORT_CALL_HOST, 0);
    host_result result = read_host_result(buffer_top(&input));
    bool failed = result.failed;
    buffer_pop(&input);
    return failed;
}
LODGE_EXPORT(RawHostCall, raw_host_call, bool, lodge_bytes)

/* A call of the host, and then nothing more. */
static void call_and_loop(lodge_bytes message)
{
    raw_host_call(message);
    for (;;)
        __asm__ volatile("" : : : "memory");
}
LODGE_EXPORT(CallAndLoop, call_and_loop, void, lodge_bytes)

/* Any bytes as a log record. */
static void raw_log(lodge_bytes message)
{
    push_raw(message);
    out32(PORT_LOG, 0);
}
LODGE_EXPORT(RawLog, raw_log, void, lodge_bytes)

static void endless_host_calls(lodge_bytes message)
{
    for (;;) {
        push_raw(message);
        out32(PORT_CALL_HOST, 0);
        buffer_pop(&input);
    }
}
LODGE_EXPORT(EndlessHostCalls, endless_host_calls, void, lodge_bytes)

/* As before, but what the host answers stays. */
static void endless_answers(lodge_bytes message)
{
    for (;;) {
        push_raw(message);
        out32(PORT_CALL_HOST, 0);
    }
}
LODGE_EXPORT(EndlessAnswers, endless_answers, void, lodge_bytes)

static void endless_logs(lodge_bytes message)
{
    for (;;)
        raw_log(message);
}
LODGE_EXPORT(EndlessLogs, endless_logs, void, lodge_bytes)

/* A host call, with the input buffer's stack pointer somewhere else. */
static void host_call_into(lodge_bytes message, uint64_t pointer)
{
    push_raw(message);
    write_word(&input, 0, pointer);
    out32(PORT_CALL_HOST, 0);
    buffer_pop(&input);
    done();
}
LODGE_EXPORT(HostCallInto, host_call_into, void, lodge_bytes, uint64_t)
