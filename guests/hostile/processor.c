/* Attacks by the processor's own registers. */
#include "hostile.h"

typedef struct __attribute__((packed)) table_register {
    uint16_t limit;
    uint64_t address;
} table_register;

static int32_t change_cr0(uint64_t clear, uint64_t set)
{
    uint64_t value;
    __asm__ volatile("mov %%cr0, %0" : "=r"(value));
    __asm__ volatile("mov %0, %%cr0" : : "r"((value & ~clear) | set) : "memory");
    return 1;
}
LODGE_EXPORT(ChangeCr0, change_cr0, int32_t, uint64_t, uint64_t)

static int32_t change_cr4(uint64_t clear, uint64_t set)
{
    uint64_t value;
    __asm__ volatile("mov %%cr4, %0" : "=r"(value));
    __asm__ volatile("mov %0, %%cr4" : : "r"((value & ~clear) | set) : "memory");
    return 1;
}
LODGE_EXPORT(ChangeCr4, change_cr4, int32_t, uint64_t, uint64_t)

static int32_t write_cr8(uint64_t value)
{
    __asm__ volatile("mov %0, %%cr8" : : "r"(value) : "memory");
    return 1;
}
LODGE_EXPORT(WriteCr8, write_cr8, int32_t, uint64_t)

static int32_t write_msr(uint32_t index, uint64_t value)
{
    __asm__ volatile("wrmsr" : : "c"(index), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
    return 1;
}
LODGE_EXPORT(WriteMsr, write_msr, int32_t, uint32_t, uint64_t)

static uint64_t read_msr(uint32_t index)
{
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(index));
    return (uint64_t)high << 32 | low;
}
LODGE_EXPORT(ReadMsr, read_msr, uint64_t, uint32_t)

static int32_t change_efer(uint64_t clear, uint64_t set)
{
    return write_msr(0xc0000080, (read_msr(0xc0000080) & ~clear) | set);
}
LODGE_EXPORT(ChangeEfer, change_efer, int32_t, uint64_t, uint64_t)

/* Writes a debug register, 0 to 7. */
static int32_t write_debug(int32_t number, uint64_t value)
{
    switch (number) {
    case 0:
        __asm__ volatile("mov %0, %%dr0" : : "r"(value));
        break;
    case 6:
        __asm__ volatile("mov %0, %%dr6" : : "r"(value));
        break;
    case 4:
        __asm__ volatile("mov %0, %%dr4" : : "r"(value));
        break;
    default:
        __asm__ volatile("mov %0, %%dr7" : : "r"(value));
        break;
    }

    return 1;
}
LODGE_EXPORT(WriteDebug, write_debug, int32_t, int32_t, uint64_t)

/* Stops at the exit's next instruction, and at every write to the input buffer. */
static int32_t watch_everything(void)
{
    __asm__ volatile("mov %0, %%dr0\n\tmov %1, %%dr1\n\tmov %2, %%dr7"
                     :
                     : "r"((uint64_t)&guest_dispatch), "r"(input.start), "r"(0x00d0040aUL));
    return 1;
}
LODGE_EXPORT(WatchEverything, watch_everything, int32_t)

static int32_t change_flags(uint64_t set)
{
    __asm__ volatile("pushfq\n\torq %0, (%%rsp)\n\tpopfq\n\tnop\n\tnop" : : "r"(set) : "memory", "cc");
    return 1;
}
LODGE_EXPORT(ChangeFlags, change_flags, int32_t, uint64_t)

/* Flags that are set when the host takes over: the instruction that ends the call is the first under them. */
static void flags_at_the_end(uint64_t set)
{
    answer(1);
    __asm__ volatile("pushfq\n\torq %0, (%%rsp)\n\tpopfq\n\toutl %%eax, %%dx\n\tcli\n\thlt"
                     :
                     : "r"(set), "a"(0), "d"(PORT_HALT)
                     : "memory", "cc");
}
LODGE_EXPORT(FlagsAtTheEnd, flags_at_the_end, void, uint64_t)

/* A selector in 0: DS, 1: ES, 2: FS, 3: GS, 4: SS, 5: LDT, 6: TR, 7: CS. */
static int32_t load_selector(int32_t which, uint32_t value)
{
    switch (which) {
    case 0:
        __asm__ volatile("mov %0, %%ds" : : "r"(value));
        break;
    case 1:
        __asm__ volatile("mov %0, %%es" : : "r"(value));
        break;
    case 2:
        __asm__ volatile("mov %0, %%fs" : : "r"(value));
        break;
    case 3:
        __asm__ volatile("mov %0, %%gs" : : "r"(value));
        break;
    case 4:
        __asm__ volatile("mov %0, %%ss" : : "r"(value));
        break;
    case 5:
        __asm__ volatile("lldt %w0" : : "r"(value));
        break;
    case 6:
        __asm__ volatile("ltr %w0" : : "r"(value));
        break;
    default:
        __asm__ volatile("pushq %q0\n\tlea 1f(%%rip), %%rax\n\tpush %%rax\n\tlretq\n1:"
                         :
                         : "r"((uint64_t)value)
                         : "rax", "memory");
        break;
    }

    return 1;
}
LODGE_EXPORT(LoadSelector, load_selector, int32_t, int32_t, uint32_t)

static int32_t load_gdt(uint64_t address, uint32_t limit)
{
    table_register to = {(uint16_t)limit, address};
    __asm__ volatile("lgdt %0" : : "m"(to) : "memory");
    return 1;
}
LODGE_EXPORT(LoadGdt, load_gdt, int32_t, uint64_t, uint32_t)

static int32_t load_idt(uint64_t address, uint32_t limit)
{
    table_register to = {(uint16_t)limit, address};
    __asm__ volatile("lidt %0" : : "m"(to) : "memory");
    return 1;
}
LODGE_EXPORT(LoadIdt, load_idt, int32_t, uint64_t, uint32_t)

/* A descriptor of one's own choice in the GDT's code entry, and a far return through it. */
static int32_t code_descriptor(uint64_t descriptor)
{
    *(volatile uint64_t *)(DESCRIPTORS + CODE_SELECTOR) = descriptor;
    return load_selector(7, CODE_SELECTOR);
}
LODGE_EXPORT(CodeDescriptor, code_descriptor, int32_t, uint64_t)

/* Leaves 64-bit mode and switches paging off, in a page where addresses are the same with and without: the image is mapped to
 * itself, but for what was copied, and so the code is at 1 MiB at most. Halts as if nothing were. */
static void without_paging(bool answers)
{
    if (answers)
        answer(1);

    *(volatile uint64_t *)(DESCRIPTORS + DATA_SELECTOR) = 0x00cf9b000000ffffUL;
    __asm__ volatile("lea 1f(%%rip), %%rax\n\tpushq %0\n\tpush %%rax\n\tlretq\n\t"
                     ".code32\n1:\n\tmov %%cr0, %%eax\n\tand $0x7fffffff, %%eax\n\tmov %%eax, %%cr0\n\t"
                     "mov $108, %%edx\n\toutl %%eax, %%dx\n\tcli\n\thlt\n\t.code64"
                     :
                     : "i"(DATA_SELECTOR)
                     : "rax", "rdx", "memory");
}
LODGE_EXPORT(WithoutPaging, without_paging, void, bool)

/* Answers in compatibility mode, so that the next call begins in it. */
static void answer_in_32_bits(void)
{
    answer(1);
    *(volatile uint64_t *)(DESCRIPTORS + DATA_SELECTOR) = 0x00cf9b000000ffffUL;
    __asm__ volatile("lea 1f(%%rip), %%rax\n\tpushq %0\n\tpush %%rax\n\tlretq\n\t"
                     ".code32\n1:\n\tmov $108, %%edx\n\toutl %%eax, %%dx\n\tcli\n\thlt\n\t.code64"
                     :
                     : "i"(DATA_SELECTOR)
                     : "rax", "rdx", "memory");
}
LODGE_EXPORT(AnswerIn32Bits, answer_in_32_bits, void)

/* Goes to user mode, where an exit is a fault. */
static void to_user_mode(void)
{
    *(volatile uint64_t *)(DESCRIPTORS + CODE_SELECTOR) |= 3UL << 45;
    __asm__ volatile("pushq $0x13\n\tpush %%rsp\n\tpushfq\n\tpushq $0x0b\n\tlea 1f(%%rip), %%rax\n\tpush %%rax\n\tiretq\n1:\n\t"
                     "mov $108, %%edx\n\toutl %%eax, %%dx"
                     :
                     :
                     : "rax", "rdx", "memory");
}
LODGE_EXPORT(ToUserMode, to_user_mode, void)
