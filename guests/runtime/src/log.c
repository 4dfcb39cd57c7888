/* Log records and debug characters. */
#include "runtime.h"

/* The host's filter: 0 nothing, 1 errors, up to 5, everything. */
static uint64_t filter;

void log_set_up(uint64_t value) { filter = value; }

bool lodge_logs(lodge_log_level level)
{
    uint64_t needed = level >= LODGE_ERROR ? 1 : (uint64_t)(5 - (int)level);
    return filter >= needed;
}

void lodge_log_at(lodge_log_level level, const char *source, const char *caller, const char *file, uint32_t line,
                  const char *format, ...)
{
    size_t room;
    uint8_t *to = buffer_room(&output, &room);
    log_place place = {level, line, source, caller, file};
    va_list arguments;
    va_start(arguments, format);
    size_t size = write_log(to, room, &place, format, arguments);
    va_end(arguments);

    /* A record whose place alone does not fit is lost: logging never fails a call. */
    if (size == 0)
        return;

    buffer_push(&output, size);
    out32(PORT_LOG, 0);
}

void lodge_print(const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    for (const char *at = text; *at != 0; at++)
        out32(PORT_PRINT, (uint8_t)*at);
}
