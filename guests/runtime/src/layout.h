/* Addresses that host and guest agree on; the assembler reads them too. */
#ifndef LAYOUT_H
#define LAYOUT_H

#ifdef __ASSEMBLER__
#define ADDRESS(value) value
#else
#define ADDRESS(value) value##UL
#endif

#define PAGE_SIZE ADDRESS(0x1000)

/* Scratch memory ends here, physically and where all of it is mapped: the window through which page tables are reached. */
#define SCRATCH_END_PHYSICAL ADDRESS(0x1000000000)
#define SCRATCH_END ADDRESS(0xfffffffffffff000)

/* Words at the end of scratch memory. */
#define SCRATCH_SIZE_WORD (SCRATCH_END - 0x08)
#define NEXT_FREE_WORD (SCRATCH_END - 0x10)
#define RESEED_WORD (SCRATCH_END - 0x28)

/* The exception stack has what is left of the last two pages. It grows from right below the words; its last word is never
 * reached by what runs there, and says that an abort is under way. */
#define EXCEPTION_STACK_TOP (SCRATCH_END - 0x30)
#define EXCEPTION_STACK_BOTTOM (SCRATCH_END - 2 * PAGE_SIZE)
#define ABORTING_WORD EXCEPTION_STACK_BOTTOM

#define MAIN_STACK_TOP ADDRESS(0xffffff0000000000)
#define MAIN_STACK_LIMIT ADDRESS(0xfffffe0000000000)

/* The top of the main stack belongs to the call that is under way: every call writes to that page anyway, and a page of static
 * data would be one more to copy after each restore. */
#define CALL_STATE_SIZE 1024
#define CALL_STATE (MAIN_STACK_TOP - CALL_STATE_SIZE)

/* The GDT and the TSS are in the first of two pages, the IDT in the second. */
#define DESCRIPTORS ADDRESS(0xfffffd0000000000)
#define CODE_SELECTOR 0x08
#define DATA_SELECTOR 0x10
#define TASK_SELECTOR 0x18

#define PORT_LOG 99
#define PORT_CALL_HOST 101
#define PORT_ABORT 102
#define PORT_PRINT 103
#define PORT_HALT 108

#endif
