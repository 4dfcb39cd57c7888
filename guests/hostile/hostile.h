/* A guest that does what no guest may: a function for each attack. What they have in common. */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "runtime.h"

/* Ends the call here and now, past the runtime; what is on the buffers is what the host gets. */
static inline _Noreturn void done(void)
{
    for (;;)
        __asm__ volatile("outl %%eax, %%dx\n\tcli\n\thlt" : : "a"(0), "d"(PORT_HALT) : "memory");
}

static inline void push_answer(int32_t number)
{
    size_t room;
    uint8_t *to = buffer_room(&output, &room);
    lodge_value value = {.as_int = number};
    buffer_push(&output, write_result(to, room, LODGE_INT, &value));
}

/* Puts an honest answer on the output buffer and takes the call off, as the runtime would at the call's end. */
static inline void answer(int32_t number)
{
    push_answer(number);
    buffer_pop(&input);
}

static inline void write_word(const buffer *buffer, uint64_t at, uint64_t value)
{
    __builtin_memcpy(buffer->start + at, &value, sizeof(value));
}

static inline uint64_t read_word(const buffer *buffer, uint64_t at)
{
    uint64_t value;
    __builtin_memcpy(&value, buffer->start + at, sizeof(value));
    return value;
}

static inline uint64_t read_cr3(void)
{
    uint64_t value;
    __asm__ volatile("mov %%cr3, %0" : "=r"(value));
    return value;
}

static inline void write_cr3(uint64_t value) { __asm__ volatile("mov %0, %%cr3" : : "r"(value) : "memory"); }

#endif
