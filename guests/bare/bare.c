#include "bare.h"

struct bare_gate bare_idt[256] __attribute__((aligned(16)));

extern char bare_stubs[];

/* The compiler may ask for these whatever it is told. */
void *memset(void *to, int value, size_t size)
{
    for (char *byte = to; size != 0; size--)
        *byte++ = (char)value;
    return to;
}

void *memcpy(void *to, const void *from, size_t size)
{
    char *target = to;
    for (const char *source = from; size != 0; size--)
        *target++ = *source++;
    return to;
}

void bare_set_gate(int vector, void (*handler)(void), int stack, int ring)
{
    uint64_t address = (uint64_t)handler;
    bare_idt[vector] = (struct bare_gate){
        .offset_low = (uint16_t)address,
        .selector = BARE_CODE_SELECTOR,
        .stack = (uint8_t)stack,
        .type = (uint8_t)(0x8e | ring << 5),
        .offset_middle = (uint16_t)(address >> 16),
        .offset_high = (uint32_t)(address >> 32),
    };
}

void bare_install_handlers(void)
{
    for (int vector = 0; vector < 256; vector++)
        bare_idt[vector].type = 0;

    for (int vector = 0; vector < 32; vector++)
        bare_set_gate(vector, (void (*)(void))(bare_stubs + 16 * vector), 0, 0);

    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) pointer = {sizeof(bare_idt) - 1, (uint64_t)bare_idt};
    __asm__ volatile("lidt %0" : : "m"(pointer));
}
