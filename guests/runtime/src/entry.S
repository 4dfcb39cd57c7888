/* Where the host enters the guest: its start, its calls, and its exceptions. */
#include "layout.h"

/* The version of the guest ABI, for hosts that serve several. */
    .section .note.hyperlight-version, "a", @note
    .balign 4
    .long 2f - 1f
    .long 4f - 3f
    .long 1
1:  .asciz "Hyperlight"
2:  .balign 4
3:  .asciz "0.16.0"
4:  .balign 4

    .section .note.GNU-stack, "", @progbits

    .text

/* How a debugger finds the caller, as gcc says it of C: nobody has called the host's entries, and those of exceptions have been
 * called by what was interrupted, whose registers are on the stack. */
    .cfi_sections .debug_frame
#define CFI_RIP 16
#define CFI_RFLAGS 49

/* The frame that the processor pushes, with the error code and so many bytes more below it. */
.macro interrupted below
    .cfi_startproc
    .cfi_signal_frame
    .cfi_def_cfa rsp, 48 + \below
    .cfi_offset CFI_RIP, -40
    .cfi_offset CFI_RFLAGS, -24
    .cfi_offset rsp, -16
.endm

.macro save register
    push %\register
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset \register, 0
.endm

.macro load register
    pop %\register
    .cfi_adjust_cfa_offset -8
    .cfi_restore \register
.endm

/* Those that C does not save itself: 72 bytes. */
.macro save_all
    save rax
    save rcx
    save rdx
    save rsi
    save rdi
    save r8
    save r9
    save r10
    save r11
.endm

/* The start. RDI: the PEB, RSI: a seed, RDX: the page size, RCX: the log filter; RSP: in the exception stack. The host has
 * applied the relocations, so static data is as it should be from the first instruction on.
 *
 * Until the main stack is in use nothing may fault: exceptions would begin at the top of the stack that is in use here. So
 * what runs before that writes to scratch memory only, which the host maps writable, and never to static data. */
    .globl _start
    .hidden _start
    .type _start, @function
_start:
    .cfi_startproc
    .cfi_undefined CFI_RIP
    mov %rdi, %rbx
    mov %rsi, %rbp
    mov %rdx, %r12
    mov %rcx, %r13
    and $-16, %rsp
    call descriptors_set_up

    /* CS has a null selector so far, to which no exception can return. */
    lea 1f(%rip), %rax
    push $CODE_SELECTOR
    push %rax
    lretq
1:
    mov $DATA_SELECTOR, %eax
    mov %eax, %ss
    mov %eax, %ds
    mov %eax, %es

    /* From here on stack and static data appear when they are used. */
    movabs $CALL_STATE, %rsp
    mov %rbx, %rdi
    mov %rbp, %rsi
    mov %r12, %rdx
    mov %r13, %rcx
    call guest_set_up
    lea dispatch(%rip), %rax
    mov $PORT_HALT, %edx
    out %eax, %dx
    jmp halt
    .cfi_endproc
    .size _start, . - _start

/* A call. All registers are zero but RSP, which is what it was at the end of the start, and RFLAGS, where ZF says that cached
 * translations are old: then not even the stack can be trusted before they are flushed. */
    .balign 16
    .type dispatch, @function
dispatch:
    .cfi_startproc
    .cfi_undefined CFI_RIP
    jnz 1f
    mov %cr4, %rax
    xor $0x80, %rax         /* PGE: any change flushes everything */
    mov %rax, %cr4
    xor $0x80, %rax
    mov %rax, %cr4
1:
    call guest_dispatch
    mov $PORT_HALT, %edx
    out %eax, %dx
    .size dispatch, . - dispatch

halt:
    cli
    hlt
    jmp halt
    .cfi_endproc

/* Page faults: most are repaired, and the instruction runs again. The handler uses no SSE registers, so it saves none. */
    .balign 16
    .type page_fault_entry, @function
page_fault_entry:
    interrupted 0
    save_all
    cld
    lea 72(%rsp), %rdi
    mov %cr2, %rsi
    sub $8, %rsp
    .cfi_adjust_cfa_offset 8
    call page_fault
    add $8, %rsp
    .cfi_adjust_cfa_offset -8
    load r11
    load r10
    load r9
    load r8
    load rdi
    load rsi
    load rdx
    load rcx
    load rax
    add $8, %rsp
    .cfi_adjust_cfa_offset -8
    iretq
    .cfi_endproc
    .size page_fault_entry, . - page_fault_entry

/* All others end the guest. They come here with the vector and an error code, real or zero, on the stack. The processor has
 * aligned it below those, so it is aligned again where C is called. */
    .balign 16
    .type exception_entry, @function
exception_entry:
    interrupted 8
    save_all
    cld
    movzbl 72(%rsp), %esi
    lea 80(%rsp), %rdi
    movabs $ABORTING_WORD, %rax
    cmpq $0, (%rax)
    jne 1f
    mov %cr2, %rdx
    call exception

    /* An abort that fails: the shortest that there is, which touches no memory. Code 15, the vector, the end. */
1:
    mov $PORT_ABORT, %edx
    mov %esi, %eax
    shl $16, %eax
    or $0xff000f03, %eax
    out %eax, %dx
    jmp halt
    .cfi_endproc
    .size exception_entry, . - exception_entry

/* 32 stubs for exceptions, 16 bytes apart, then 224 for interrupts, 8 bytes apart. */
    .globl exception_stubs
    .hidden exception_stubs
    .balign 16
exception_stubs:
    .Lvector = 0
    .rept 32
    .balign 16
    .if .Lvector == 14
    jmp page_fault_entry
    .else
    /* Vectors 8, 10 to 14, 17, 21, 29 and 30 have an error code of their own. */
    .if !((0x60227d00 >> .Lvector) & 1)
    push $0
    .endif
    push $.Lvector
    jmp exception_entry
    .endif
    .Lvector = .Lvector + 1
    .endr
    .globl interrupt_stubs
    .hidden interrupt_stubs
    .balign 16
interrupt_stubs:
    .rept 224
    .balign 8
    /* As a signed byte: an instruction of two bytes for each of them. */
    push $(.Lvector - 256 * (.Lvector >> 7))
    jmp interrupt_entry
    .Lvector = .Lvector + 1
    .endr

/* Puts an error code of zero under the vector. */
    .balign 16
interrupt_entry:
    push (%rsp)
    movq $0, 8(%rsp)
    jmp exception_entry
