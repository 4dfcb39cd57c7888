/*
 * Runs pieces of x86-64 code on the processor itself and tells what they did.
 *
 * There is no C library: the FS base belongs to the code that is run. Every case ends in a signal (the code pages are full of int3),
 * and the signal's frame is where a case's registers are read from and where the next case's registers are put: the handler is
 * the loop, and returning from the signal (which is an iret, and so serialises) starts the next case.
 *
 * Standard input:  struct hello, then batches: u32 number of cases, u32 bytes, the cases (struct request with its code and patches).
 * Standard output: for each batch u32 number of cases, u32 bytes, the answers (struct answer with its changed words).
 * Everything is little-endian and begins at a multiple of 8 bytes. The program ends with its input.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>

#define CODE_START 0x10000000UL
#define CODE_SIZE 0x2000UL
#define DATA_START 0x20000000UL
#define READ_ONLY_SIZE 0x1000UL
#define DATA_SIZE 0x3000UL

#define FX_SIZE 416
#define REQUEST_BYTES (8UL << 20)
#define ANSWER_BYTES (64UL << 20)
#define VECTOR_ENDLESS 256

#define FLAGS_IN_HANDLER "0x202"

/* What sw_reserved of a frame's FXSAVE area begins with where an XSAVE header follows. */
#define XSAVE_FRAME 0x46505853U

#define ARCH_SET_GS 0x1001
#define ARCH_SET_FS 0x1002
#define SA_RESTORER_FLAG 0x04000000UL

struct hello {
    uint64_t fs_base;
    uint64_t gs_base;
    uint8_t data[DATA_SIZE];
};

struct request {
    uint64_t general[16];
    uint64_t rip;
    uint64_t rflags;
    uint8_t fx[FX_SIZE];
    uint16_t code_offset;
    uint16_t code_length;
    uint16_t patches;
    uint16_t reserved;
};

struct patch {
    uint16_t offset;
    uint16_t length;
    uint32_t reserved;
};

struct answer {
    uint64_t general[16];
    uint64_t rip;
    uint64_t rflags;
    uint64_t vector;
    uint64_t error;
    uint64_t address;
    uint8_t fx[FX_SIZE];
    uint32_t words;
    uint32_t reserved;
};

struct word {
    uint64_t index;
    uint64_t value;
};

#define LONGEST_ANSWER (sizeof(struct answer) + DATA_SIZE / 8 * sizeof(struct word))

struct batch {
    uint32_t count;
    uint32_t bytes;
};

struct kernel_action {
    void (*handler)(int, siginfo_t *, void *);
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

/* The order of the general registers in machine code, as indexes of a signal frame. */
static const uint8_t order[16] = {
    REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
    REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
};

static struct hello hello;
static uint8_t *code_alias;
static uint8_t *data_alias;
static uint8_t *requests;
static uint8_t *answers;
static uint8_t *next_request;
static uint8_t *next_answer;
static uint8_t expected[DATA_SIZE] __attribute__((aligned(64)));
static uint32_t left_in_batch;
static uint32_t batch_count;
static int running;
static uint64_t serial;
static uint64_t serial_at_tick;
static struct request *current;
static uint8_t initial_fx[FX_SIZE];

static long call6(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

void *memcpy(void *to, const void *from, size_t size)
{
    uint8_t *target = to;
    const uint8_t *source = from;
    while (size--)
        *target++ = *source++;
    return to;
}

void *memset(void *to, int value, size_t size)
{
    uint8_t *target = to;
    while (size--)
        *target++ = (uint8_t)value;
    return to;
}

static void copy(void *to, const void *from, size_t size)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

static void fill(void *to, uint8_t value, size_t size)
{
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(value) : "memory");
}

static void quit(int code)
{
    for (;;)
        call6(SYS_exit_group, code, 0, 0, 0, 0, 0);
}

static void fail(const char *message)
{
    size_t length = 0;
    while (message[length])
        length++;
    call6(SYS_write, 2, (long)message, (long)length, 0, 0, 0);
    quit(2);
}

/* Nothing to read before the first byte is the parent's way to say that it needs no more. */
static void read_exactly(void *to, size_t size, int may_end)
{
    uint8_t *target = to;
    size_t done = 0;
    while (done < size) {
        long count = call6(SYS_read, 0, (long)(target + done), (long)(size - done), 0, 0, 0);
        if (count == -4)
            continue;
        if (count == 0 && done == 0 && may_end)
            quit(0);
        if (count <= 0)
            fail("the input broke off\n");
        done += (size_t)count;
    }
}

static void write_exactly(const void *from, size_t size)
{
    const uint8_t *source = from;
    while (size > 0) {
        long count = call6(SYS_write, 1, (long)source, (long)size, 0, 0, 0);
        if (count == -4)
            continue;
        if (count <= 0)
            quit(3);
        source += count;
        size -= (size_t)count;
    }
}

static size_t padded(size_t size)
{
    return (size + 7) & ~7UL;
}

static void next_batch(void)
{
    struct batch head;
    do {
        read_exactly(&head, sizeof(head), 1);
        if (head.bytes > REQUEST_BYTES)
            fail("the batch is too large\n");
        read_exactly(requests, head.bytes, 0);
        if (head.count == 0)
            write_exactly(&head, sizeof(head));
    } while (head.count == 0);

    batch_count = head.count;
    left_in_batch = head.count;
    next_request = requests;
    next_answer = answers + sizeof(struct batch);
}

static void send_batch(void)
{
    struct batch *head = (struct batch *)answers;
    head->count = batch_count;
    head->bytes = (uint32_t)(next_answer - answers - sizeof(struct batch));
    write_exactly(answers, (size_t)(next_answer - answers));
}

static uint8_t *fx_of(ucontext_t *context)
{
    return (uint8_t *)context->uc_mcontext.fpregs;
}

static void start_case(ucontext_t *context)
{
    if (left_in_batch == 0)
        next_batch();

    current = (struct request *)next_request;
    uint8_t *cursor = next_request + sizeof(struct request);
    if (current->code_offset + current->code_length > CODE_SIZE)
        fail("the code is out of its pages\n");
    copy(code_alias + current->code_offset, cursor, current->code_length);
    cursor += padded(current->code_length);
    for (int i = 0; i < current->patches; i++) {
        struct patch *patch = (struct patch *)cursor;
        cursor += sizeof(struct patch);
        if (patch->offset + patch->length > DATA_SIZE)
            fail("a patch is out of the data pages\n");
        copy(data_alias + patch->offset, cursor, patch->length);
        copy(expected + patch->offset, cursor, patch->length);
        cursor += padded(patch->length);
    }

    next_request = cursor;
    left_in_batch--;
    for (int i = 0; i < 16; i++)
        context->uc_mcontext.gregs[order[i]] = (greg_t)current->general[i];
    context->uc_mcontext.gregs[REG_RIP] = (greg_t)current->rip;
    context->uc_mcontext.gregs[REG_EFL] = (greg_t)current->rflags;

    /* The frame's mask of MXCSR stays the kernel's. XSTATE_BV says that x87 and SSE state are there, and no other: the upper
       halves of the vector registers begin as zero. */
    uint8_t *fx = fx_of(context);
    uint32_t mask = *(uint32_t *)(fx + 28);
    copy(fx, current->fx, FX_SIZE);
    *(uint32_t *)(fx + 28) = mask;
    *(uint64_t *)(fx + 512) = 3;
    serial++;
    running = 1;
}

static void end_case(ucontext_t *context, uint64_t vector)
{
    struct answer *answer = (struct answer *)next_answer;
    for (int i = 0; i < 16; i++)
        answer->general[i] = (uint64_t)context->uc_mcontext.gregs[order[i]];
    answer->rip = (uint64_t)context->uc_mcontext.gregs[REG_RIP];
    answer->rflags = (uint64_t)context->uc_mcontext.gregs[REG_EFL];
    answer->vector = vector;
    answer->error = vector < VECTOR_ENDLESS ? (uint64_t)context->uc_mcontext.gregs[REG_ERR] : 0;
    answer->address = vector == 14 ? (uint64_t)context->uc_mcontext.gregs[REG_CR2] : 0;

    /* State that is not marked in XSTATE_BV has its initial value, whatever the frame's bytes are. */
    uint8_t *fx = fx_of(context);
    uint64_t present = *(uint64_t *)(fx + 512);
    copy(answer->fx, fx, FX_SIZE);
    if (!(present & 1)) {
        copy(answer->fx, initial_fx, 24);
        fill(answer->fx + 32, 0, 128);
    }
    if (!(present & 2))
        fill(answer->fx + 160, 0, 256);
    next_answer += sizeof(struct answer);

    uint32_t words = 0;
    uint64_t *now = (uint64_t *)data_alias;
    uint64_t *before = (uint64_t *)expected;
    for (uint64_t i = 0; i < DATA_SIZE / 8; i += 8) {
        uint64_t changed = 0;
        for (int j = 0; j < 8; j++)
            changed |= now[i + j] ^ before[i + j];
        if (!changed)
            continue;
        for (int j = 0; j < 8; j++) {
            if (now[i + j] == before[i + j])
                continue;
            struct word *word = (struct word *)next_answer;
            word->index = i + j;
            word->value = now[i + j];
            next_answer += sizeof(struct word);
            words++;
            now[i + j] = ((uint64_t *)hello.data)[i + j];
        }
    }
    answer->words = words;
    answer->reserved = 0;
    fill(code_alias + current->code_offset, 0xCC, current->code_length);

    uint8_t *cursor = (uint8_t *)current + sizeof(struct request) + padded(current->code_length);
    for (int i = 0; i < current->patches; i++) {
        struct patch *patch = (struct patch *)cursor;
        copy(data_alias + patch->offset, hello.data + patch->offset, patch->length);
        copy(expected + patch->offset, hello.data + patch->offset, patch->length);
        cursor += sizeof(struct patch) + padded(patch->length);
    }

    running = 0;
    if (left_in_batch == 0)
        send_batch();
    else if ((size_t)(next_answer - answers) + LONGEST_ANSWER > ANSWER_BYTES)
        fail("the answers are too long\n");
}

static void handle(int signal, siginfo_t *info, void *argument)
{
    (void)info;
    /* The code may have set NT, AC or ID, of which a signal's frame says nothing, and which would stay. */
    __asm__ volatile("pushq $" FLAGS_IN_HANDLER "\n\tpopfq" : : : "cc", "memory");
    ucontext_t *context = argument;
    if (signal == SIGVTALRM) {
        if (!running || serial != serial_at_tick) {
            serial_at_tick = serial;
            return;
        }
        end_case(context, VECTOR_ENDLESS);
    } else if (running) {
        end_case(context, (uint64_t)context->uc_mcontext.gregs[REG_TRAPNO]);
    } else {
        /* The first int3, of main: what the frame has is the initial state. */
        if (*(uint32_t *)(fx_of(context) + 464) != XSAVE_FRAME)
            fail("the kernel does not use XSAVE\n");
        copy(initial_fx, fx_of(context), FX_SIZE);
    }
    start_case(context);
}

__attribute__((naked)) static void restore(void)
{
    __asm__ volatile("mov $15, %eax\n\tsyscall");
}

static void *map(uint64_t address, size_t size, int protection, int flags, int file, size_t offset)
{
    long result = call6(SYS_mmap, (long)address, (long)size, protection, flags, file, (long)offset);
    if (result < 0 && result > -4096)
        fail("mmap failed\n");
    if (address != 0 && (uint64_t)result != address)
        fail("mmap gave another address\n");
    return (void *)result;
}

static int memory_file(size_t size)
{
    long file = call6(SYS_memfd_create, (long)"silicon", 0, 0, 0, 0, 0);
    if (file < 0 || call6(SYS_ftruncate, file, (long)size, 0, 0, 0, 0) < 0)
        fail("memfd failed\n");
    return (int)file;
}

__attribute__((used)) static void run(void)
{
    const int fixed = MAP_SHARED | MAP_FIXED_NOREPLACE | MAP_POPULATE;
    const int anywhere = MAP_SHARED | MAP_POPULATE;
    int code = memory_file(CODE_SIZE);
    int data = memory_file(DATA_SIZE);
    code_alias = map(0, CODE_SIZE, PROT_READ | PROT_WRITE, anywhere, code, 0);
    data_alias = map(0, DATA_SIZE, PROT_READ | PROT_WRITE, anywhere, data, 0);
    fill(code_alias, 0xCC, CODE_SIZE);
    map(CODE_START, CODE_SIZE, PROT_READ | PROT_EXEC, fixed, code, 0);
    map(DATA_START, READ_ONLY_SIZE, PROT_READ, fixed, data, 0);
    map(DATA_START + READ_ONLY_SIZE, DATA_SIZE - READ_ONLY_SIZE, PROT_READ | PROT_WRITE, fixed, data, READ_ONLY_SIZE);
    requests = map(0, REQUEST_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    answers = map(0, ANSWER_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    read_exactly(&hello, sizeof(hello), 0);
    copy(data_alias, hello.data, DATA_SIZE);
    copy(expected, hello.data, DATA_SIZE);
    if (call6(SYS_arch_prctl, ARCH_SET_FS, (long)hello.fs_base, 0, 0, 0, 0) < 0
        || call6(SYS_arch_prctl, ARCH_SET_GS, (long)hello.gs_base, 0, 0, 0, 0) < 0)
        fail("arch_prctl failed\n");

    stack_t stack = {
        .ss_sp = map(0, 1UL << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
        .ss_size = 1UL << 20,
    };
    if (call6(SYS_sigaltstack, (long)&stack, 0, 0, 0, 0, 0) < 0)
        fail("sigaltstack failed\n");

    static const int signals[] = { SIGTRAP, SIGILL, SIGSEGV, SIGBUS, SIGFPE, SIGVTALRM };
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct kernel_action action = {
            .handler = handle,
            .flags = SA_SIGINFO | SA_ONSTACK | SA_RESTORER_FLAG,
            .restorer = restore,
            .mask = 1UL << (SIGVTALRM - 1),
        };
        if (call6(SYS_rt_sigaction, signals[i], (long)&action, 0, 8, 0, 0) < 0)
            fail("sigaction failed\n");
    }

    struct itimerval tick = { .it_interval = { .tv_usec = 20000 }, .it_value = { .tv_usec = 20000 } };
    if (call6(SYS_setitimer, ITIMER_VIRTUAL, (long)&tick, 0, 0, 0, 0) < 0)
        fail("setitimer failed\n");

    __asm__ volatile("int3");
    fail("the first case did not start\n");
}

__attribute__((naked, used)) void _start(void)
{
    __asm__ volatile("xor %ebp, %ebp\n\tand $-16, %rsp\n\tcall run\n\tud2");
}
