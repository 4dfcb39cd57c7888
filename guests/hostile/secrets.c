/* Leaves a secret wherever it can, for a later guest to find; and looks for it. */
#include "hostile.h"

static uint64_t *kept;

static void set_msr(uint32_t index, uint64_t value)
{
    __asm__ volatile("wrmsr" : : "c"(index), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

static void deep(uint64_t secret, int depth)
{
    volatile uint64_t words[64];
    for (int i = 0; i < 64; i++)
        words[i] = secret;

    if (depth > 0)
        deep(secret, depth - 1);

    (void)words[0];
}

/* The secret is an address in the lower half, so that every register takes it. */
static void plant(uint64_t secret)
{
    static const uint32_t registers[] = {0x175, 0x176, 0xc0000081, 0xc0000082, 0xc0000083, 0xc0000102, 0xc0000100, 0xc0000101};
    for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++)
        set_msr(registers[i], secret);

    /* These have 32 bits. */
    set_msr(0xc0000103, (uint32_t)secret);
    set_msr(0xc0000084, (uint32_t)secret);
    set_msr(0x174, (uint32_t)secret);

    kept = lodge_must_alloc(4096);
    for (int i = 0; i < 512; i++)
        kept[i] = secret;

    deep(secret, 20);
    uint64_t *page = window(take_page());
    for (int i = 0; i < 512; i++)
        page[i] = secret;

    answer(1);
    *(uint64_t *)(input.start + input.size - 64) = secret;
    *(uint64_t *)(output.start + output.size - 64) = secret;
    __asm__ volatile(
        "mov %%rax, %%dr0\n\tmov %%rax, %%dr1\n\tmov %%rax, %%dr2\n\tmov %%rax, %%dr3\n\tmov %%rax, %%cr2\n\t"
        "movq %%rax, %%xmm0\n\tpunpcklqdq %%xmm0, %%xmm0\n\t"
        "movdqa %%xmm0, %%xmm1\n\tmovdqa %%xmm0, %%xmm2\n\tmovdqa %%xmm0, %%xmm3\n\tmovdqa %%xmm0, %%xmm4\n\t"
        "movdqa %%xmm0, %%xmm5\n\tmovdqa %%xmm0, %%xmm6\n\tmovdqa %%xmm0, %%xmm7\n\tmovdqa %%xmm0, %%xmm8\n\t"
        "movdqa %%xmm0, %%xmm9\n\tmovdqa %%xmm0, %%xmm10\n\tmovdqa %%xmm0, %%xmm11\n\tmovdqa %%xmm0, %%xmm12\n\t"
        "movdqa %%xmm0, %%xmm13\n\tmovdqa %%xmm0, %%xmm14\n\tmovdqa %%xmm0, %%xmm15\n\t"
        "mov %%rax, %%rbx\n\tmov %%rax, %%rcx\n\tmov %%rax, %%rsi\n\tmov %%rax, %%rdi\n\tmov %%rax, %%rbp\n\t"
        "mov %%rax, %%r8\n\tmov %%rax, %%r9\n\tmov %%rax, %%r10\n\tmov %%rax, %%r11\n\tmov %%rax, %%r12\n\t"
        "mov %%rax, %%r13\n\tmov %%rax, %%r14\n\tmov %%rax, %%r15\n\tmov $108, %%edx\n\toutl %%eax, %%dx\n\tcli\n\thlt"
        :
        : "a"(secret)
        : "memory");
    __builtin_unreachable();
}
LODGE_EXPORT(Plant, plant, void, uint64_t)
