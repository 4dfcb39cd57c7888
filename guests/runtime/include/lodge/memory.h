/* The heap, and blocks of memory.
 *
 * The heap is what the host gave the guest at its start, and does not grow. A page of it costs scratch memory from the first
 * write on. A heap whose bookkeeping was overwritten, a pointer that is none of its own and a second free abort the guest. */
#ifndef LODGE_MEMORY_H
#define LODGE_MEMORY_H

#include <stddef.h>

/* As in C: NULL where there is no room; blocks are aligned to 16 bytes; malloc(0) is a block; free(NULL) does nothing. */
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *block, size_t size);
void free(void *block);

/* A block at a multiple of a power of two, also of one above 4,096; size need not be a multiple. */
void *aligned_alloc(size_t alignment, size_t size);

/* As malloc, but aborts the guest where there is no room. */
void *lodge_must_alloc(size_t size) __attribute__((returns_nonnull));

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *first, const void *second, size_t size);
void *memchr(const void *block, int value, size_t size);

#endif
