/* The first guest: a greeting that asks the host for the day, and a function for each thing that can be tried out. */
#include <lodge/lodge.h>

LODGE_IMPORT(GetWeekday, get_weekday, const char *)

static const char *say_hello(const char *name)
{
    return lodge_temp_text("Hello, %s! Today is %s.", name, get_weekday());
}
LODGE_EXPORT(SayHello, say_hello, const char *, const char *)

static int32_t add(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }
LODGE_EXPORT(Add, add, int32_t, int32_t, int32_t)

static void do_nothing(void) {}
LODGE_EXPORT(Nothing, do_nothing, void)

static int32_t echo_int(int32_t value) { return value; }
LODGE_EXPORT(EchoInt, echo_int, int32_t, int32_t)

static uint32_t echo_uint(uint32_t value) { return value; }
LODGE_EXPORT(EchoUInt, echo_uint, uint32_t, uint32_t)

static int64_t echo_long(int64_t value) { return value; }
LODGE_EXPORT(EchoLong, echo_long, int64_t, int64_t)

static uint64_t echo_ulong(uint64_t value) { return value; }
LODGE_EXPORT(EchoULong, echo_ulong, uint64_t, uint64_t)

static const char *echo_string(const char *value) { return value; }
LODGE_EXPORT(EchoString, echo_string, const char *, const char *)

static bool echo_bool(bool value) { return value; }
LODGE_EXPORT(EchoBool, echo_bool, bool, bool)

static lodge_bytes echo_bytes(lodge_bytes value) { return value; }
LODGE_EXPORT(EchoBytes, echo_bytes, lodge_bytes, lodge_bytes)

static void fail(uint64_t code, const char *text) { lodge_fail(code, "%s", text); }
LODGE_EXPORT(Fail, fail, void, uint64_t, const char *)

static void stop(int32_t code, const char *text) { lodge_abort((uint8_t)code, "%s", text); }
LODGE_EXPORT(Abort, stop, void, int32_t, const char *)

static void log_text(int32_t level, const char *text)
{
    if (level < LODGE_TRACE || level > LODGE_CRITICAL)
        lodge_fail(LODGE_ERROR_GUEST, "There is no log level %d: they are 0, trace, to 5, critical.", level);
    else
        lodge_log((lodge_log_level)level, "%s", text);
}
LODGE_EXPORT(Log, log_text, void, int32_t, const char *)

static void print(const char *text) { lodge_print("%s", text); }
LODGE_EXPORT(Print, print, void, const char *)

LODGE_EXPORT(Random, lodge_random, uint64_t)
