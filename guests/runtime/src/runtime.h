/* What the parts of the runtime know of each other. */
#ifndef RUNTIME_H
#define RUNTIME_H

#include <lodge/lodge.h>

#include "layout.h"

/* The host may do anything at an exit, so what was read from memory before is not known any more. */
static inline void out32(uint16_t port, uint32_t value)
{
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

/* abort.c: the abort of a CPU exception, whose vector the host gets besides the text. */
_Noreturn void abort_exception(uint8_t vector, const char *text);

/* paging.c */
#define MAP_WRITABLE 1
#define MAP_EXECUTABLE 2
uint64_t take_page(void);                                            /* physical; its bytes are zero */
void *window(uint64_t physical);                                     /* where scratch memory is in the window */
void map_page(uint64_t address, uint64_t physical, unsigned rights); /* aborts where something is mapped */

/* print.c: how many of the first bytes of a text are whole characters, because hosts refuse half of one. */
size_t whole_characters(const char *text, size_t size);

/* heap.c */
void heap_set_up(void *start, size_t size);

/* buffer.c: a stack of messages that host and guest share. */
typedef struct buffer {
    uint8_t *start;
    uint64_t size;
} buffer;

typedef struct message {
    const uint8_t *start; /* at the size prefix */
    size_t size;          /* with the prefix */
} message;

uint8_t *buffer_room(const buffer *buffer, size_t *room); /* where a message can be written, and how long it may be */
void buffer_push(const buffer *buffer, size_t size);      /* what was written there */
message buffer_top(const buffer *buffer);
void buffer_pop(const buffer *buffer);

/* The top message, with its link, out of a buffer for a while and to the same place again. */
size_t buffer_top_size(const buffer *buffer); /* 0 where there is none */
void buffer_take(const buffer *buffer, void *to, size_t size);
void buffer_put_back(const buffer *buffer, const void *from, size_t size);

extern buffer input, output;

/* message.c: reading. All of it aborts on a message that is none. */
typedef struct guest_call {
    message message;
    const char *name;
    size_t name_size;
    size_t parameters; /* where the vector's entries begin */
    uint32_t count;
} guest_call;

typedef struct host_result {
    bool failed;
    lodge_type type;
    lodge_value value; /* bytes for a string too, without its zero */
    uint64_t code;
    lodge_bytes text;
} host_result;

guest_call read_call(message message);
/* Returns LODGE_STRING, too, for a string with a zero inside, with *clean false then. */
lodge_type read_parameter(const guest_call *call, uint32_t index, lodge_value *value, bool *clean);
host_result read_host_result(message message);

/* message.c: writing, into room for so many bytes. They return the message's size, or 0 where it does not fit. */
size_t write_result(uint8_t *to, size_t room, lodge_type type, const lodge_value *value);
size_t write_error(uint8_t *to, size_t room, uint64_t code, const char *text);
size_t write_call(uint8_t *to, size_t room, const lodge_signature *signature, const lodge_value *arguments);

/* The parts of a log record that are known before its text is. */
typedef struct log_place {
    lodge_log_level level;
    uint32_t line;
    const char *source;
    const char *caller;
    const char *file;
} log_place;

size_t write_log(uint8_t *to, size_t room, const log_place *place, const char *format, va_list arguments);

/* exports.c */
void exports_set_up(void);
const lodge_export *find_export(const char *name, size_t size);

/* log.c, random.c */
void log_set_up(uint64_t filter);
void random_set_up(uint64_t seed);

/* call.c */
typedef struct temp_block {
    struct temp_block *next;
    uint64_t reserved; /* so that what follows is aligned */
} temp_block;

#define FAILURE_TEXT_SIZE 512

typedef struct call_state {
    temp_block *temps;
    uint64_t failed;
    uint64_t code;
    char text[FAILURE_TEXT_SIZE];
} call_state;

_Static_assert(sizeof(call_state) <= CALL_STATE_SIZE, "the call's state does not fit");

#define THE_CALL ((call_state *)CALL_STATE)

void call_begin(void);
void call_end(void);

/* entry.S calls these. */
typedef struct exception_frame {
    uint64_t error;
    uint64_t rip;
    uint64_t cs;
    uint64_t rflags;
    uint64_t rsp;
    uint64_t ss;
} exception_frame;

/* Whether what faulted was a handler. */
static inline bool is_nested_fault(const exception_frame *frame)
{
    return frame->rsp > EXCEPTION_STACK_BOTTOM && frame->rsp <= EXCEPTION_STACK_TOP;
}

typedef struct peb {
    struct {
        uint64_t size;
        uint64_t pointer;
    } input, output, init_data, heap;
} peb;

void descriptors_set_up(void);
void guest_set_up(const peb *peb, uint64_t seed, uint64_t page_size, uint64_t log_filter);
void guest_dispatch(void);
void page_fault(const exception_frame *frame, uint64_t address);
_Noreturn void exception(const exception_frame *frame, uint64_t vector, uint64_t address);

#endif
