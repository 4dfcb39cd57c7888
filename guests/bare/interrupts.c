/* Everything that enters and leaves ring 0. First: rounds. Needs pages that ring 3 may use too, and a host that answers a write
 * to port 0x510 with an external interrupt. Every count is checked here; the result is made of what they have to be. */
#include "bare.h"

static uint64_t result_of(uint64_t rounds)
{
    uint64_t result = 0;
    for (uint64_t round = 1; round <= rounds; round++)
        result = bare_mix(bare_mix(result, round * 3), round ^ 0x5a5a);

    return result;
}

#ifdef BARE_NATIVE

uint64_t program(uint64_t first, uint64_t second, uint64_t third)
{
    (void)second;
    (void)third;
    return result_of(first);
}

#else

#define USER_DATA 0x23
#define USER_CODE 0x2b
#define TASK 0x30
#define NOT_PRESENT 0x40

#define MSR_STAR 0xc0000081
#define MSR_LSTAR 0xc0000082
#define MSR_SYSCALL_MASK 0xc0000084
#define MSR_EFER 0xc0000080
#define MSR_GS 0xc0000101
#define MSR_KERNEL_GS 0xc0000102

#define FLAG_CARRY 0x1UL
#define FLAG_TRAP 0x100UL
#define FLAG_INTERRUPT 0x200UL
#define FLAG_DIRECTION 0x400UL
#define FLAG_IO 0x3000UL

/* What a handler sees: the registers it may change, what the stub says, and what the processor pushed. */
struct frame {
    uint64_t r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax;
    uint64_t vector, error;
    uint64_t rip, cs, rflags, rsp, ss;
};

static struct {
    uint32_t reserved;
    uint64_t stacks[3];
    uint64_t reserved2;
    uint64_t interrupt_stacks[7];
    uint64_t reserved3;
    uint16_t reserved4;
    uint16_t permissions;
} __attribute__((packed)) task_state;

static uint64_t descriptors[10];
static uint64_t interrupt_stack[512] __attribute__((aligned(16)));
static uint64_t user_stack[512] __attribute__((aligned(16)));
static uint64_t syscall_stack[512] __attribute__((aligned(16)));

/* What GS leads to in the kernel: the stack for system calls, room for the user's, and a mark; in the user a mark. */
uint64_t kernel_block[3];
uint64_t user_block[3];

static uint64_t counts[256];
static uint64_t last_error, last_rip, last_cs, last_flags, last_at;
static uint64_t steps;
static uint64_t syscalls;
static uint64_t failure;

/* Where an exception goes on; 0 for behind the instruction, as the frame says. */
uint64_t resume_at;
uint64_t kernel_rsp;

#define STUB(VECTOR, ERROR) "stub_" #VECTOR ":\n" ERROR "    push $" #VECTOR "\n    jmp common\n"

__asm__(
    ".pushsection .text.interrupts, \"ax\"\n" STUB(0, "    push $0\n") STUB(1, "    push $0\n") STUB(3, "    push $0\n")
        STUB(6, "    push $0\n") STUB(11, "") STUB(12, "") STUB(13, "") STUB(64, "    push $0\n") STUB(65, "    push $0\n")
            STUB(128, "    push $0\n") STUB(129, "    push $0\n")
    "common:\n"
    "    cld\n"
    "    push %rax\n    push %rcx\n    push %rdx\n    push %rsi\n    push %rdi\n"
    "    push %r8\n    push %r9\n    push %r10\n    push %r11\n"
    "    mov %rsp, %rdi\n"
    "    call handle\n"
    "    pop %r11\n    pop %r10\n    pop %r9\n    pop %r8\n"
    "    pop %rdi\n    pop %rsi\n    pop %rdx\n    pop %rcx\n    pop %rax\n"
    "    add $16, %rsp\n"
    "    iretq\n"

    "syscall_entry:\n"
    "    swapgs\n"
    "    mov %rsp, %gs:8\n"
    "    mov %gs:0, %rsp\n"
    "    push %rcx\n"
    "    push %r11\n"
    "    mov %rax, %rdx\n"
    "    call handle_syscall\n"
    "    pop %r11\n"
    "    pop %rcx\n"
    "    mov %gs:8, %rsp\n"
    "    swapgs\n"
    "    sysretq\n"

    /* enter_user(rip, rsp, flags): comes back when the user asks for the end. */
    "enter_user:\n"
    "    push %rbx\n    push %rbp\n    push %r12\n    push %r13\n    push %r14\n    push %r15\n"
    "    mov %rsp, kernel_rsp\n"
    "    push $0x23\n"
    "    push %rsi\n"
    "    push %rdx\n"
    "    push $0x2b\n"
    "    push %rdi\n"
    "    iretq\n"
    "leave_user:\n"
    "    mov kernel_rsp, %rsp\n"
    "    pop %r15\n    pop %r14\n    pop %r13\n    pop %r12\n    pop %rbp\n    pop %rbx\n"
    "    ret\n"
    ".popsection\n");

extern void stub_0(void), stub_1(void), stub_3(void), stub_6(void), stub_11(void), stub_12(void), stub_13(void), stub_64(void),
    stub_65(void), stub_128(void), stub_129(void), syscall_entry(void), leave_user(void);
void enter_user(void (*rip)(void), uint64_t rsp, uint64_t flags);

static void write_msr(uint32_t number, uint64_t value)
{
    __asm__ volatile("wrmsr" : : "c"(number), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
}

static uint64_t read_msr(uint32_t number)
{
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
    return (uint64_t)high << 32 | low;
}

static uint64_t flags(void)
{
    uint64_t value;
    __asm__ volatile("pushfq\n\tpop %0" : "=r"(value));
    return value;
}

static void fail(uint64_t step)
{
    if (failure == 0)
        failure = step;
}

void handle(struct frame *frame);

void handle(struct frame *frame)
{
    counts[frame->vector]++;
    last_error = frame->error;
    last_rip = frame->rip;
    last_cs = frame->cs;
    last_flags = frame->rflags;
    last_at = (uint64_t)frame;

    /* From ring 3 the processor takes the stack of the task state. */
    int is_user = (frame->cs & 3) == 3;
    if (is_user && (uint64_t)frame + sizeof(*frame) != (uint64_t)(interrupt_stack + 512))
        fail(40);

    if ((flags() & (FLAG_INTERRUPT | FLAG_TRAP)) != 0)
        fail(41);

    switch (frame->vector) {
    case 1:
        steps++;
        break;
    case 128:
        frame->rax = frame->rax * 2 + 1;
        break;
    case 3:
    case 64:
    case 65:
        break;
    default:
        if (resume_at == 0)
            fail(42);
        frame->rip = resume_at;
        resume_at = 0;
        break;
    }
}

/* Returns to the user but for the last call. The number came in RAX, the argument in RDI. */
uint64_t handle_syscall(uint64_t argument, uint64_t second, uint64_t number);

uint64_t handle_syscall(uint64_t argument, uint64_t second, uint64_t number)
{
    (void)second;
    uint64_t mark;
    __asm__ volatile("mov %%gs:16, %0" : "=r"(mark));
    if (mark != 0x1ee7)
        fail(50);

    if ((flags() & (FLAG_INTERRUPT | FLAG_DIRECTION | FLAG_TRAP)) != 0)
        fail(51);

    syscalls++;
    if (number == 0) {
        __asm__ volatile("swapgs\n\tjmp leave_user");
        __builtin_unreachable();
    }

    return argument * 3;
}

static void set_up(void)
{
    uint64_t base = (uint64_t)&task_state;
    uint64_t limit = sizeof(task_state) - 1;
    for (size_t i = 0; i < sizeof(task_state); i++)
        ((uint8_t *)&task_state)[i] = 0;

    task_state.stacks[0] = (uint64_t)(interrupt_stack + 512);
    task_state.permissions = sizeof(task_state);
    descriptors[0] = 0;
    descriptors[1] = 0x00af9b000000ffffUL;
    descriptors[2] = 0x00cf93000000ffffUL;
    descriptors[3] = 0;
    descriptors[4] = 0x00cff3000000ffffUL;
    descriptors[5] = 0x00affb000000ffffUL;
    descriptors[6] = limit | (base & 0xffffff) << 16 | 0x89UL << 40 | (base >> 24 & 0xff) << 56;
    descriptors[7] = base >> 32;
    descriptors[8] = 0x00cf13000000ffffUL;
    descriptors[9] = 0;
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) pointer = {sizeof(descriptors) - 1, (uint64_t)descriptors};
    __asm__ volatile("lgdt %0" : : "m"(pointer) : "memory");

    /* A far return loads CS from the new table. */
    __asm__ volatile(
        "push $8\n\tlea 1f(%%rip), %%rax\n\tpush %%rax\n\tlretq\n1:\tmov %w0, %%ds\n\tmov %w0, %%es\n\tmov %w0, %%ss\n\tltr %w1"
        :
        : "r"(BARE_DATA_SELECTOR), "r"(TASK)
        : "rax", "memory");

    bare_set_gate(0, stub_0, 0, 0);
    bare_set_gate(1, stub_1, 0, 0);
    bare_set_gate(3, stub_3, 0, 3);
    bare_set_gate(6, stub_6, 0, 0);
    bare_set_gate(11, stub_11, 0, 0);
    bare_set_gate(12, stub_12, 0, 0);
    bare_set_gate(13, stub_13, 0, 0);
    bare_set_gate(64, stub_64, 0, 0);
    bare_set_gate(65, stub_65, 0, 0);
    bare_set_gate(128, stub_128, 0, 3);
    bare_set_gate(129, stub_129, 0, 0);

    kernel_block[0] = (uint64_t)(syscall_stack + 512);
    kernel_block[2] = 0x1ee7;
    user_block[2] = 0xbea7;
    write_msr(MSR_EFER, read_msr(MSR_EFER) | 1);
    write_msr(MSR_STAR, 8UL << 32 | 0x1bUL << 48);
    write_msr(MSR_LSTAR, (uint64_t)syscall_entry);
    write_msr(MSR_SYSCALL_MASK, FLAG_INTERRUPT | FLAG_DIRECTION | FLAG_TRAP);
    write_msr(MSR_GS, (uint64_t)user_block);
    write_msr(MSR_KERNEL_GS, (uint64_t)kernel_block);
}

/* Runs an instruction that has to fault at its own address, and goes on behind it. */
#define EXPECT_FAULT(STEP, VECTOR, ERROR, INSTRUCTION, ...)                                            \
    do {                                                                                               \
        uint64_t before = counts[VECTOR], at;                                                          \
        __asm__ volatile("lea 2f(%%rip), %%rax\n\tmov %%rax, resume_at\n\tlea 1f(%%rip), %0\n\t"       \
                         "1: " INSTRUCTION "\n2:"                                                      \
                         : "=&r"(at)                                                                   \
                         : __VA_ARGS__                                                                 \
                         : "rax", "memory", "cc");                                                     \
        if (counts[VECTOR] != before + 1 || last_error != (ERROR) || last_rip != at || resume_at != 0) \
            fail(STEP);                                                                                \
    } while (0)

static uint64_t ring0_round(uint64_t round)
{
    uint64_t value = round;
    uint64_t before = counts[128];
    __asm__ volatile("int $0x80\n\tint $0x80" : "+a"(value) : : "memory");
    if (counts[128] != before + 2 || value != round * 4 + 3 || last_cs != BARE_CODE_SELECTOR)
        fail(1);

    before = counts[3];
    uint64_t behind;
    __asm__ volatile("lea 1f(%%rip), %0\n\tint3\n1:" : "=r"(behind) : : "memory");
    if (counts[3] != before + 1 || last_rip != behind)
        fail(2);

    EXPECT_FAULT(3, 6, 0UL, "ud2", "r"(0));
    EXPECT_FAULT(4, 0, 0UL, "div %%ecx", "c"(0), "d"(0));
    EXPECT_FAULT(5, 13, 0UL, "mov (%1), %%rax", "r"(0x8000000000000000));
    EXPECT_FAULT(6, 13, 0x1234UL, "mov %w1, %%ds", "r"(0x1234));
    EXPECT_FAULT(7, 11, (uint64_t)NOT_PRESENT, "mov %w1, %%es", "r"(NOT_PRESENT));
    EXPECT_FAULT(8, 12, 0UL, "push %%rbp\n\tmov %1, %%rbp\n\tlea 3f(%%rip), %0\n3:\tmov (%%rbp), %%rax\n2:\tpop %%rbp\n4:",
        "r"(0x8000000000000000));
    return value;
}

static void single_steps(void)
{
    /* A trap after each instruction but the one that sets the flag, the one that clears it included. */
    steps = 0;
    __asm__ volatile(
        "pushfq\n\tpushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n\tnop\n\tnop\n\tpopfq\n\tnop"
        :
        :
        : "memory", "cc");
    if (steps != 3 || (last_flags & FLAG_TRAP) != 0)
        fail(10);
}

static void ask_for(int vector) { bare_out8(0x510, (uint8_t)vector); }

static void external_round(void)
{
    /* With interrupts off nothing comes; then it comes behind the instruction after sti. */
    uint64_t before = counts[64];
    ask_for(64);
    for (volatile int i = 0; i < 10; i++) {
    }

    if (counts[64] != before)
        fail(20);

    uint64_t behind;
    __asm__ volatile("lea 1f(%%rip), %0\n\tsti\n\tnop\n1:\tnop\n\tnop\n\tcli" : "=r"(behind) : : "memory", "cc");
    if (counts[64] != before + 1 || last_rip != behind || (last_flags & FLAG_INTERRUPT) == 0)
        fail(21);

    /* Asleep until it comes. */
    before = counts[65];
    ask_for(65);
    while (((volatile uint64_t *)counts)[65] == before)
        __asm__ volatile("sti\n\thlt\n\tcli" : : : "memory", "cc");

    if (counts[65] != before + 1)
        fail(22);
}

static uint64_t user_syscall(uint64_t number, uint64_t argument)
{
    __asm__ volatile("syscall" : "+a"(number), "+D"(argument) : : "rcx", "r11", "rsi", "rdx", "r8", "r9", "r10", "memory");
    return number;
}

/* Ring 3. Its counts are the kernel's, as all memory is. */
static void user_main(void)
{
    uint64_t code, mark;
    __asm__ volatile("mov %%cs, %0\n\tmov %%gs:16, %1" : "=r"(code), "=r"(mark));
    if (code != USER_CODE || mark != 0xbea7)
        fail(60);

    if (user_syscall(1, 14) != 42)
        fail(61);

    /* The kernel does without the direction flag, and gives it back. */
    uint64_t number = 1, argument = 5, direction;
    __asm__ volatile("std\n\tsyscall\n\tpushfq\n\tpop %2\n\tcld"
                     : "+a"(number), "+D"(argument), "=b"(direction)
                     :
                     : "rcx", "r11", "rsi", "rdx", "r8", "r9", "r10", "memory", "cc");
    if (number != 15 || (direction & FLAG_DIRECTION) == 0)
        fail(62);

    __asm__ volatile("mov %%gs:16, %0" : "=r"(mark));
    if (mark != 0xbea7)
        fail(63);

    uint64_t value = 20;
    __asm__ volatile("int $0x80" : "+a"(value) : : "memory");
    if (value != 41 || last_cs != USER_CODE)
        fail(64);

    uint64_t before = counts[3];
    __asm__ volatile("int3" : : : "memory");
    if (counts[3] != before + 1)
        fail(65);

    EXPECT_FAULT(66, 13, 0UL, "hlt", "r"(0));
    EXPECT_FAULT(67, 13, 0UL, "mov %%cr3, %%rax", "r"(0));
    EXPECT_FAULT(68, 13, 0UL, "wrmsr", "c"(MSR_LSTAR));
    EXPECT_FAULT(69, 13, 0x81UL * 8 + 2, "int $0x81", "r"(0));
    EXPECT_FAULT(70, 13, 8UL, "mov %w1, %%ss", "r"(8));
    EXPECT_FAULT(71, 6, 0UL, "ud2", "r"(0));
    EXPECT_FAULT(72, 13, 0UL, "swapgs", "r"(0));
    EXPECT_FAULT(73, 13, 0UL, "invlpg (%1)", "r"(user_block));

    /* Interrupts are on here, and I/O is allowed. */
    before = counts[64];
    ask_for(64);
    for (uint64_t spins = 0; ((volatile uint64_t *)counts)[64] == before; spins++) {
        if (spins > 10000000) {
            fail(74);
            break;
        }
    }

    if (last_cs != USER_CODE)
        fail(75);

    user_syscall(0, 0);
}

uint64_t program(uint64_t first, uint64_t second, uint64_t third)
{
    (void)second;
    (void)third;
    for (int i = 0; i < 256; i++)
        counts[i] = 0;

    failure = syscalls = resume_at = 0;
    set_up();
    uint64_t result = 0;
    for (uint64_t round = 1; round <= first && failure == 0; round++) {
        uint64_t value = ring0_round(round);
        single_steps();
        external_round();
        enter_user(user_main, (uint64_t)(user_stack + 512) - 8, FLAG_IO | FLAG_INTERRUPT | 2);
        if (syscalls != round * 3)
            fail(80);

        if (read_msr(MSR_GS) != (uint64_t)user_block || read_msr(MSR_KERNEL_GS) != (uint64_t)kernel_block)
            fail(81);

        result = bare_mix(bare_mix(result, syscalls), (value >> 2) ^ 0x5a5a);
    }

    return failure != 0 ? BARE_FAILED(failure) : result == result_of(first) ? result : BARE_FAILED(90);
}

#endif
