/* The buffers that host and guest share. Each is a stack: a word that says where its top is, then messages, each followed by a
 * word that says where the message begins. Positions count from the buffer's start.
 *
 * A buffer that is not so is the end: who broke it, the host or a stray pointer of the guest's, broke more. */
#include "runtime.h"

#define FIRST 8
#define LINK 8

static uint64_t read64(const buffer *buffer, uint64_t at)
{
    uint64_t value;
    __builtin_memcpy(&value, buffer->start + at, sizeof(value));
    return value;
}

static void write64(const buffer *buffer, uint64_t at, uint64_t value)
{
    __builtin_memcpy(buffer->start + at, &value, sizeof(value));
}

static _Noreturn __attribute__((cold)) void broken(const buffer *buffer, const char *what, uint64_t value)
{
    lodge_abort(LODGE_ERROR_UNKNOWN, "The %s buffer of %lu bytes is broken: %s is %lu.", buffer == &input ? "input" : "output",
                buffer->size, what, value);
}

static uint64_t top_of(const buffer *buffer, uint64_t least)
{
    uint64_t top = read64(buffer, 0);
    if (top < least || top > buffer->size)
        broken(buffer, "its stack pointer", top);

    return top;
}

static uint64_t begin_of(const buffer *buffer, uint64_t top)
{
    uint64_t begin = read64(buffer, top - LINK);
    if (begin < FIRST || begin > top - LINK - FIRST)
        broken(buffer, "the last message's link", begin);

    return begin;
}

uint8_t *buffer_room(const buffer *buffer, size_t *room)
{
    uint64_t top = top_of(buffer, FIRST), left = buffer->size - top;
    *room = left < LINK ? 0 : left - LINK;
    return buffer->start + top;
}

void buffer_push(const buffer *buffer, size_t size)
{
    uint64_t top = top_of(buffer, FIRST);
    write64(buffer, top + size, top);
    write64(buffer, 0, top + size + LINK);
}

message buffer_top(const buffer *buffer)
{
    uint64_t top = top_of(buffer, FIRST + LINK), begin = begin_of(buffer, top);
    uint32_t prefix;
    __builtin_memcpy(&prefix, buffer->start + begin, sizeof(prefix));
    uint64_t size = (uint64_t)prefix + sizeof(prefix);
    if (size > top - LINK - begin)
        broken(buffer, "the last message's size", size);

    return (message){buffer->start + begin, size};
}

void buffer_pop(const buffer *buffer)
{
    uint64_t top = top_of(buffer, FIRST + LINK), begin = begin_of(buffer, top);
    write64(buffer, 0, begin);
    memset(buffer->start + begin, 0, top - begin);
}

size_t buffer_top_size(const buffer *buffer)
{
    uint64_t top = top_of(buffer, FIRST);
    return top == FIRST ? 0 : top - begin_of(buffer, top);
}

void buffer_take(const buffer *buffer, void *to, size_t size)
{
    uint64_t top = top_of(buffer, FIRST + LINK);
    memcpy(to, buffer->start + top - size, size);
    write64(buffer, 0, top - size);
}

void buffer_put_back(const buffer *buffer, const void *from, size_t size)
{
    uint64_t top = top_of(buffer, FIRST);
    memcpy(buffer->start + top, from, size);
    write64(buffer, 0, top + size);
}
