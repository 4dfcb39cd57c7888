/* A guest: native code in a machine of its own, which reaches its own memory and what its host gives it, and nothing else. */
#include <lodge/lodge.h>

/* A function of the host: the guest waits while the host answers. `lodge call` answers this one with the day of the week; in a
 * program it is options.AddHostFunction("GetWeekday", ...). */
LODGE_IMPORT(GetWeekday, get_weekday, const char *)

/* A function that the host calls. The text that it returns lives until the call ends, and the host gets a copy. */
static const char *greet(const char *name)
{
    return lodge_temp_text("Hello, %s! Today is %s.", name, get_weekday());
}
/* Its name for the host, the function, what it returns, and its parameters. Other types than those it has do not compile. */
LODGE_EXPORT(Greet, greet, const char *, const char *)
