/* Exceptions that nothing repairs. They end the guest with a text that says where it was. */
#include "runtime.h"

#define VECTOR_DOUBLE_FAULT 8
#define VECTOR_PAGE_FAULT 14

/* Characters in place, because an array of pointers would need relocations. */
static const char names[][24] = {
    "division error", "debug exception", "non-maskable interrupt", "breakpoint", "overflow", "bound exceeded", "invalid opcode",
    "no FPU", "double fault", "coprocessor overrun", "invalid task state", "segment not present", "stack segment fault",
    "general protection", "page fault", "reserved exception", "x87 error", "alignment check", "machine check", "SIMD error",
    "virtualisation error", "control protection",
};

static const char *name_of(uint64_t vector)
{
    return vector < sizeof(names) / sizeof(names[0]) ? names[vector] : vector < 32 ? "exception" : "interrupt";
}

static const char *what_it_was(uint64_t error)
{
    return error & 16 ? "execute" : error & 2 ? "write" : "read";
}

void exception(const exception_frame *frame, uint64_t vector, uint64_t address)
{
    /* What fails from here on ends in the short abort of entry.S. */
    if (*(volatile uint64_t *)ABORTING_WORD != 0)
        abort_exception((uint8_t)vector, "");

    *(volatile uint64_t *)ABORTING_WORD = 1;
    const char *where = is_nested_fault(frame) || vector == VECTOR_DOUBLE_FAULT ? ", while an exception was handled" : "";
    char text[256];
    if (vector == VECTOR_PAGE_FAULT) {
        snprintf(text, sizeof(text), "Page fault: cannot %s 0x%lx, which is %s (error code 0x%lx), at RIP 0x%lx, RSP 0x%lx%s.",
                 what_it_was(frame->error), address, frame->error & 1 ? "protected" : "not mapped", frame->error, frame->rip,
                 frame->rsp, where);
    } else {
        snprintf(text, sizeof(text), "Exception %lu (%s), error code 0x%lx, at RIP 0x%lx, RSP 0x%lx, CR2 0x%lx%s.", vector,
                 name_of(vector), frame->error, frame->rip, frame->rsp, address, where);
    }

    abort_exception((uint8_t)vector, text);
}
