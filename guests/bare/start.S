# The first bytes of every program, its end, and what happens on an exception.

    .section .text.start, "ax"
    .globl _start
_start:
    cld
    mov %cs, %eax
    test $3, %al
    jnz 1f
    push %rdi
    push %rsi
    push %rdx
    push %rdx
    call bare_install_handlers
    pop %rdx
    pop %rdx
    pop %rsi
    pop %rdi
1:
    call program
    mov %cs, %ecx
    test $3, %cl
    jnz 3f
    mov $0x500, %edx
    out %eax, %dx
    shr $32, %rax
    mov $0x504, %edx
    out %eax, %dx
2:
    cli
    hlt
    jmp 2b
3:
    mov $0xe0000500, %edx
    mov %eax, (%rdx)
    shr $32, %rax
    mov %eax, 4(%rdx)
4:
    mov %eax, 0xc(%rdx)
    jmp 4b

# Exceptions 0 to 31 come here with an error code, real or zero, and the vector on the stack.
    .section .text.bare_stubs, "ax"
    .globl bare_stubs
    .balign 16
bare_stubs:
    vector = 0
    .rept 32
    .balign 16
    # Vectors 8, 10 to 14, 17, 21, 29 and 30 have an error code of their own.
    .if !((0x60227d00 >> vector) & 1)
    push $0
    .endif
    push $vector
    jmp report
    vector = vector + 1
    .endr

report:
    mov $0x508, %edx
    mov (%rsp), %eax
    out %eax, %dx
    mov 8(%rsp), %eax
    out %eax, %dx
    mov 16(%rsp), %rax
    out %eax, %dx
    shr $32, %rax
    out %eax, %dx
    mov %cr2, %rax
    out %eax, %dx
    shr $32, %rax
    out %eax, %dx
5:
    cli
    hlt
    jmp 5b
