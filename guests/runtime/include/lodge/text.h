/* Strings. */
#ifndef LODGE_TEXT_H
#define LODGE_TEXT_H

#include <stdarg.h>
#include <stddef.h>

size_t strlen(const char *text);
int strcmp(const char *first, const char *second);
int strncmp(const char *first, const char *second, size_t most);
char *strchr(const char *text, int character);

/* As in C, with d i u x X c s p and %, the lengths hh h l ll z, a width and a precision (also as *), the flags - and 0; a
 * precision counts for s only. Returns the bytes of the whole text, which may be more than fit. */
int snprintf(char *to, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int vsnprintf(char *to, size_t size, const char *format, va_list arguments) __attribute__((format(printf, 3, 0)));

#endif
