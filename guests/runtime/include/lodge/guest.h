/* Functions: those that the host calls, and those of the host.
 *
 *     static int32_t add(int32_t a, int32_t b) { return a + b; }
 *     LODGE_EXPORT(Add, add, int32_t, int32_t, int32_t)
 *
 *     LODGE_IMPORT(GetWeekday, get_weekday, const char *)
 *
 * Parameters, at most 16, are int32_t, uint32_t, int64_t, uint64_t, float, double, const char *, bool and lodge_bytes; a result
 * is one of them or void. A type that is none of them, or a function of other types, does not compile.
 *
 * One call runs at a time, from its beginning to its end. What static variables and the heap hold stays for the next call, until
 * the host restores the guest to an earlier state.
 */
#ifndef LODGE_GUEST_H
#define LODGE_GUEST_H

#include <lodge/macros.h>
#include <lodge/values.h>

/* LODGE_EXPORT(Name, function, result, parameters...) makes a function of this file callable by the host under a name, which is
 * a C identifier.
 *
 * Strings and bytes that it is given are in the input buffer, and are valid until it returns. A string or bytes that it returns
 * are copied into the output buffer as soon as it has returned: they may be parameters, static, on the heap, or come from
 * lodge_temp, but not be its local variables. Who allocates frees: the runtime frees nothing but what lodge_temp gave.
 *
 * The host's calls that no function is fit for (another number of parameters, other types, a string with a zero inside) fail
 * without reaching it. */
#define LODGE_EXPORT(Name, function, type, ...)                                                                               \
    _Static_assert(__builtin_types_compatible_p(__typeof__(function),                                                         \
                                                type(LODGE_LIST_(LODGE_PLAIN_ __VA_OPT__(, ) __VA_ARGS__))),                  \
                   #function " is not exported with the types it has");                                                      \
    _Static_assert(sizeof(#Name) - 1 <= LODGE_MOST_NAME, "the name is too long");                                            \
    static void lodge_run_##Name(lodge_value *lodge_slots)                                                                    \
    {                                                                                                                         \
        LODGE_STORE_(type, lodge_slots[0], function(LODGE_MAP_(LODGE_LOAD_ __VA_OPT__(, ) __VA_ARGS__)));                     \
    }                                                                                                                         \
    const lodge_export lodge_export_##Name __attribute__((section("lodge_exports"), used, retain, aligned(8))) = {            \
        LODGE_SIGNATURE_(#Name, type, __VA_ARGS__), lodge_run_##Name};

/* LODGE_IMPORT(Name, function, result, parameters...) defines a function of this file that calls the host's of that name.
 *
 * The host is given copies. A string or bytes that it returns are memory as of lodge_temp: valid until the guest's own call
 * ends. Where the host's function fails (there is none of that name, it threw, types do not fit, arguments are larger than the
 * output buffer, the heap has no room for what it returned) the result is zero, "" or no bytes, and the guest's own call has
 * failed as if by lodge_fail. */
#define LODGE_IMPORT(Name, function, type, ...)                                                                               \
    __attribute__((unused)) static type function(LODGE_LIST_(LODGE_DECLARE_ __VA_OPT__(, ) __VA_ARGS__))                      \
    {                                                                                                                         \
        _Static_assert(sizeof(#Name) - 1 <= LODGE_MOST_NAME, "the name is too long");                                        \
        static const lodge_signature signature = LODGE_SIGNATURE_(#Name, type, __VA_ARGS__);                                  \
        lodge_value lodge_slots[LODGE_COUNT_(__VA_ARGS__) + 1];                                                               \
        (void)(__VA_OPT__(LODGE_MAP_(LODGE_KEEP_, __VA_ARGS__), ) 0);                                                         \
        lodge_call_host(&signature, lodge_slots);                                                                             \
        return LODGE_MEMBER_(type, lodge_slots[0]);                                                                           \
    }

/* Codes of failures, as hosts know them. A guest's own are LODGE_ERROR_GUEST with a text that says more. */
typedef enum lodge_error {
    LODGE_ERROR_UNSUPPORTED_TYPE = 2,
    LODGE_ERROR_NO_NAME = 3,
    LODGE_ERROR_NOT_FOUND = 4,
    LODGE_ERROR_PARAMETER_COUNT = 5,
    LODGE_ERROR_UNKNOWN = 8,
    LODGE_ERROR_TOO_MANY_FUNCTIONS = 11,
    LODGE_ERROR_HEAP = 12,
    LODGE_ERROR_OUT_OF_MEMORY = 13,
    LODGE_ERROR_PARAMETER_TYPE = 14,
    LODGE_ERROR_GUEST = 15,
    LODGE_ERROR_HOST_FUNCTION = 17,
} lodge_error;

/* Makes the call that is under way fail: the host gets this code and text instead of the result. The function goes on, and
 * returns what it likes. The first failure of a call is the one that counts. A text is cut off after 500 bytes. */
void lodge_fail(uint64_t code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whether the call that is under way has failed, by lodge_fail or in a function of the host. */
bool lodge_failed(void);

/* The code and text of the failure: 0 and "" where there is none. The text is valid until the next failure. */
uint64_t lodge_failure_code(void);
const char *lodge_failure_text(void);

/* Takes the failure back, for those who can do without what failed. */
void lodge_forgive(void);

/* Memory until the call that is under way ends; never NULL: where the heap is used up the guest aborts. Aligned to 16 bytes. */
void *lodge_temp(size_t size);

/* A text as of snprintf, in memory as of lodge_temp. */
const char *lodge_temp_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Tells the host that the guest cannot go on, and does not return. The host throws the guest away or restores it. Code is a
 * lodge_error, 1 to 254; of the text 1,000 bytes arrive. */
_Noreturn void lodge_abort(uint8_t code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Runs once, before the first call, when the heap and the host's functions can be used already. Guests define it or not. */
void lodge_main(void);

/* What the host gave the guest at its start; no bytes where it gave nothing. */
lodge_bytes lodge_init_data(void);

/* Numbers that are not for secrets. They follow from the seed that the host gave at the start, and after a restore from a new
 * one: guests that were restored from the same state do not all draw the same. */
uint64_t lodge_random(void);

/* Makes memory that the host has mapped at a guest-physical address readable at a virtual one. Both, and the size, are
 * multiples of 4,096; nothing may be mapped there yet. The lower half of the address space is free above the heap. Page tables
 * for it come out of scratch memory. A restore takes the mapping away again where it came later than the state restored. */
void lodge_map(const void *address, uint64_t physical, size_t size, bool executable);

/* What the macros use. */

typedef struct lodge_export {
    lodge_signature signature;
    void (*run)(lodge_value *slots); /* the result, then the parameters */
} lodge_export;

/* Calls a function of the host: slots are the result, then the parameters. Returns whether it succeeded. */
bool lodge_call_host(const lodge_signature *signature, lodge_value *slots);

#endif
