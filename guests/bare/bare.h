/* What a program for a bare machine has.
 *
 * The host loads the image at 0x400000, maps memory there with all rights, gives a stack of 64 KiB, and sets RDI, RSI and RDX.
 * Memory behind the image may hold anything: a program sets up what it reads. Ring 3, which may use no ports and cannot halt,
 * writes to addresses instead: 0xe0000000 and the port's number.
 *
 *   out 0x500, 0x504   the result's low and high 32 bits
 *   out 0x508          an exception nobody expected: vector, error code, RIP low and high, CR2 low and high, 32 bits each
 *   0xe000050c         the program is done (ring 3)
 *   out 0x510          asks for an external interrupt with this vector (8 bits)
 *   out 0xe9           a character
 *   hlt                with interrupts off: the program is done
 */
#ifndef BARE_H
#define BARE_H

#include <stddef.h>
#include <stdint.h>

/* The program: what it returns is its result. */
uint64_t program(uint64_t first, uint64_t second, uint64_t third);

#define BARE_FAILED(step) (0xbad0bad000000000ULL + (uint64_t)(step))

/* Marsaglia's xorshift64; the state must not be zero. */
static inline uint64_t bare_random(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}

/* One step of FNV-1a over a word, with a rotation so that high bits reach low ones. */
static inline uint64_t bare_mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x100000001b3ULL;
    return (hash << 29) | (hash >> 35);
}

#ifndef BARE_NATIVE

#define BARE_CODE_SELECTOR 0x08
#define BARE_DATA_SELECTOR 0x10

/* An IDT's gate. */
struct bare_gate {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t stack;
    uint8_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};

extern struct bare_gate bare_idt[256];

/* Loads an IDT whose gates for exceptions report and halt. */
void bare_install_handlers(void);

/* Sets a gate for an interrupt handler; stack is 0 or the number in the TSS, ring who may use it with int n. */
void bare_set_gate(int vector, void (*handler)(void), int stack, int ring);

/* The host may do anything at an exit, so what was read from memory before is not known any more. */
static inline void bare_out8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void bare_out32(uint16_t port, uint32_t value)
{
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

#endif

#endif
