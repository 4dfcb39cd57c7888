/* The end of a guest that cannot go on. The host is told in bytes: a code, the vector where it was an exception, a text, and
 * 0xFF. It may be on any stack, also where no static data can be written, so nothing here has any. */
#include "runtime.h"

#define END_OF_ABORT 0xff

/* The host stops to listen after 1,024 bytes. */
#define MOST_TEXT 1000

typedef struct chunk {
    uint32_t bytes;
    uint32_t count;
} chunk;

/* What talks to the host is inlined, so that the host finds the guest in lodge_abort, and not in some part of it. */
#define INLINE static inline __attribute__((always_inline))

INLINE void flush(chunk *chunk)
{
    if (chunk->count != 0)
        out32(PORT_ABORT, chunk->bytes << 8 | chunk->count);

    chunk->bytes = chunk->count = 0;
}

INLINE void put(chunk *chunk, uint8_t byte)
{
    chunk->bytes |= (uint32_t)byte << (8 * chunk->count);
    if (++chunk->count == 3)
        flush(chunk);
}

static void put_text(chunk *chunk, const char *text)
{
    for (size_t i = 0; i < MOST_TEXT && text[i] != 0; i++) {
        uint8_t byte = (uint8_t)text[i];
        /* A text that begins with a low character would pass for a vector, and one byte for the end. */
        if (i == 0 && byte < ' ')
            byte = ' ';
        else if (byte == END_OF_ABORT)
            byte = '?';

        put(chunk, byte);
    }
}

INLINE _Noreturn void finish(chunk *chunk)
{
    put(chunk, END_OF_ABORT);
    flush(chunk);
    for (;;)
        __asm__ volatile("cli\n\thlt");
}

void abort_exception(uint8_t vector, const char *text)
{
    chunk chunk = {0};
    put(&chunk, LODGE_ERROR_GUEST);
    /* Other numbers would be read as the text's first character. */
    if (vector <= 20 || vector == 30)
        put(&chunk, vector);

    put_text(&chunk, text);
    finish(&chunk);
}

void lodge_abort(uint8_t code, const char *format, ...)
{
    char text[MOST_TEXT + 1];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);

    chunk chunk = {0};
    put(&chunk, code == 0 || code == END_OF_ABORT ? LODGE_ERROR_UNKNOWN : code);
    put_text(&chunk, text);
    finish(&chunk);
}
