/* Code that is written and run. First: rounds. Code changes from one call to the next, an instruction before it is executed, in
 * the middle of a loop, across pages, and by an instruction that changes itself. */
#include "bare.h"

#define PAGE 4096

#ifdef BARE_NATIVE
#include <sys/mman.h>

static uint8_t *code_memory(void)
{
    return mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
#else
static uint8_t code_pages[4 * PAGE] __attribute__((aligned(PAGE)));

static uint8_t *code_memory(void) { return code_pages; }
#endif

__asm__(
    ".pushsection .selfmod, \"awx\"\n"
    ".balign 16\n"

    /* Returns the number that somebody wrote into it. */
    "constant:\n"
    "    mov $0x11111111, %eax\n"
    "    ret\n"

    /* Returns its argument, by writing it into the next instruction. */
    "ahead:\n"
    "    mov %edi, 1f+1(%rip)\n"
    "1:  mov $0x22222222, %eax\n"
    "    ret\n"

    /* Adds up numbers from the first argument down to 1; from the second on it subtracts them. */
    "turning:\n"
    "    xor %eax, %eax\n"
    "    movb $0x01, 3f(%rip)\n"
    "2:  cmp %rsi, %rdi\n"
    "    jne 3f\n"
    "    movb $0x29, 3f(%rip)\n"
    "3:  add %edi, %eax\n"
    "    dec %rdi\n"
    "    jnz 2b\n"
    "    ret\n"

    /* Returns its argument; the store turns its own first byte into a nop, and what is left of it subtracts 7. */
    "itself:\n"
    "    mov %edi, %eax\n"
    "itself_store:\n"
    "    movb $0x90, itself_store(%rip)\n"
    "    ret\n"
    ".popsection\n");

extern uint8_t constant[], ahead[], turning[], itself[], itself_store[];

typedef uint64_t (*function)(uint64_t, uint64_t);

static uint64_t call(const uint8_t *code, uint64_t first, uint64_t second)
{
    /* What was stored is there before the call, and nothing that was read before is still taken for true. */
    function target = (function)(uintptr_t)code;
    __asm__ volatile("" : "+r"(target) : : "memory");
    uint64_t result = target(first, second);
    __asm__ volatile("" : : : "memory");
    return result;
}

static void put32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        ((volatile uint8_t *)at)[i] = (uint8_t)(value >> (8 * i));
}

/* Writes random arithmetic as code, and does the same. */
static uint64_t generate(uint8_t *at, uint64_t argument, uint64_t *random, int count)
{
    static const uint8_t begin[] = {0x48, 0x89, 0xf8};
    uint64_t value = argument;
    for (int i = 0; i < 3; i++)
        *at++ = begin[i];

    while (count-- > 0) {
        uint64_t next = bare_random(random);
        uint32_t immediate = (uint32_t)(next >> 32);
        uint64_t extended = (uint64_t)(int64_t)(int32_t)immediate;
        *at++ = 0x48;
        switch (next & 7) {
        case 0:
            *at++ = 0x05;
            put32(at, immediate);
            at += 4;
            value += extended;
            break;
        case 1:
            *at++ = 0x35;
            put32(at, immediate);
            at += 4;
            value ^= extended;
            break;
        case 2:
            *at++ = 0x2d;
            put32(at, immediate);
            at += 4;
            value -= extended;
            break;
        case 3:
            *at++ = 0x69;
            *at++ = 0xc0;
            put32(at, immediate | 1);
            at += 4;
            value *= extended | 1;
            break;
        case 4:
            *at++ = 0xc1;
            *at++ = 0xc0;
            *at++ = (uint8_t)(immediate & 63);
            value = (value << (immediate & 63)) | (value >> ((64 - (immediate & 63)) & 63));
            break;
        case 5:
            *at++ = 0xf7;
            *at++ = 0xd0;
            value = ~value;
            break;
        case 6:
            *at++ = 0x0f;
            *at++ = 0xc8;
            value = __builtin_bswap64(value);
            break;
        default:
            *at++ = 0x8d;
            *at++ = 0x44;
            *at++ = 0x40;
            *at++ = (uint8_t)immediate;
            value = value * 3 + (uint64_t)(int64_t)(int8_t)immediate;
            break;
        }
    }

    *at = 0xc3;
    return value;
}

static void copy_by_instruction(void *to, const void *from, size_t size)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

uint64_t program(uint64_t first, uint64_t second, uint64_t third)
{
    (void)second;
    (void)third;
    uint8_t *pages = code_memory();
    uint64_t random = 0xc0ac29b7c97c50ddULL;
    uint64_t result = 0;
    for (uint64_t round = 0; round < first; round++) {
        uint64_t next = bare_random(&random);
        uint32_t number = (uint32_t)next;
        put32(constant + 1, number);
        if (call(constant, 0, 0) != number)
            return BARE_FAILED(1);

        if (call(ahead, number, 0) != number)
            return BARE_FAILED(2);

        uint64_t turn = 1 + (next >> 40) % 50;
        uint32_t sum = 0;
        for (uint32_t i = 50; i > 0; i--)
            sum += i > turn ? i : 0 - i;

        if (call(turning, 50, turn) != sum)
            return BARE_FAILED(3);

        *(volatile uint8_t *)itself_store = 0xc6;
        if (call(itself, number, 0) != number || call(itself, number, 0) != number - 7)
            return BARE_FAILED(4);

        /* Somewhere near the end of a page, so that instructions lie across. */
        uint8_t *at = pages + PAGE - 1 - next % 100;
        uint64_t expected = generate(at, next, &random, 24);
        if (call(at, next, 0) != expected)
            return BARE_FAILED(5);

        uint8_t *copy = pages + 3 * PAGE - 3 - next % 200;
        copy_by_instruction(copy, at, 256);
        if (call(copy, next, 0) != expected)
            return BARE_FAILED(6);

        /* A number of 8 bytes of which each page has some, changed on one page, then on the other. */
        uint8_t *across = pages + PAGE - 2 - 1 - next % 7;
        across[0] = 0x48;
        across[1] = 0xb8;
        across[10] = 0xc3;
        for (int i = 0; i < 8; i++) {
            ((volatile uint8_t *)across)[2 + i] = (uint8_t)(next >> (8 * i));
            uint64_t seen = call(across, 0, 0);
            if ((uint8_t)(seen >> (8 * i)) != (uint8_t)(next >> (8 * i)))
                return BARE_FAILED(7);
        }

        if (call(across, 0, 0) != next)
            return BARE_FAILED(8);

        result = bare_mix(bare_mix(result, expected), sum);
    }

    return result;
}
