# How guests and their runtime are compiled and linked. The same gcc makes the same bytes, wherever that is.
#
# Without a red zone: exceptions have a stack of their own and would spare it, but inline assembler that pushes or calls would
# not. Guests may use SSE; the runtime does not, so that its fault handler has no such registers to save.
# Warnings are errors where LODGE_WERROR is -Werror: elsewhere a newer gcc may warn of more, and has to build all the same.
#
# Line numbers and what a debugger needs to go back through the frames of a dead guest are in the file only, not in memory.

LODGE_CFLAGS = -std=gnu11 -O2 -Wall -Wextra $(LODGE_WERROR) -ffreestanding -fPIE -fvisibility=hidden -mno-red-zone \
	-mcmodel=small -march=x86-64 -fno-stack-protector -fno-asynchronous-unwind-tables -fno-ident -fcf-protection=none \
	-ffunction-sections -fdata-sections -g1 -gno-record-gcc-switches -ffile-prefix-map='$(CURDIR)'=. -I'$(LODGE_RUNTIME)/include'

# The linker script keeps what LODGE_EXPORT makes; the loader applies R_X86_64_RELATIVE and nothing else.
LODGE_LDFLAGS = -static-pie -nostdlib -nostartfiles -Wl,-T,'$(LODGE_RUNTIME)/lodge-guest.ld' -Wl,--build-id=none \
	-Wl,--gc-sections -Wl,-z,noexecstack -Wl,-z,norelro -Wl,-z,max-page-size=4096 -Wl,-z,text -Wl,--fatal-warnings
