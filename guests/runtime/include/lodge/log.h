/* What a guest says besides its results. */
#ifndef LODGE_LOG_H
#define LODGE_LOG_H

#include <stdbool.h>
#include <stdint.h>

typedef enum lodge_log_level {
    LODGE_TRACE = 0,
    LODGE_DEBUG = 1,
    LODGE_INFO = 2,
    LODGE_WARNING = 3,
    LODGE_ERROR = 4,
    LODGE_CRITICAL = 5,
} lodge_log_level;

/* The name under which records appear. */
#ifndef LODGE_GUEST_NAME
#define LODGE_GUEST_NAME "guest"
#endif

/* The name alone: a folder in a record would make guests depend on where they were built. */
#ifdef __FILE_NAME__
#define LODGE_FILE_ __FILE_NAME__
#else
#define LODGE_FILE_ __FILE__
#endif

/* lodge_log(level, format, ...) gives the host a log record with this place in the source. Below the level that the host asked
 * for nothing is formatted and the arguments are not evaluated. A text that does not fit the output buffer is cut off. */
#define lodge_log(level, ...)                                                                                                 \
    do {                                                                                                                      \
        if (lodge_logs(level))                                                                                                \
            lodge_log_at(level, LODGE_GUEST_NAME, __func__, LODGE_FILE_, __LINE__, __VA_ARGS__);                              \
    } while (0)

/* Whether the host asked for records of a level. */
bool lodge_logs(lodge_log_level level);

/* Gives the host a record whatever it asked for. */
void lodge_log_at(lodge_log_level level, const char *source, const char *caller, const char *file, uint32_t line,
                  const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Writes characters to the host's debug port, one at a time: for the first steps of something, because each costs an exit. A text
 * is cut off after 511 bytes. */
void lodge_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
