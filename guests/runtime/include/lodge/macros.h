/* What LODGE_EXPORT and LODGE_IMPORT are made of. Nothing here is for guests to use. */
#ifndef LODGE_MACROS_H
#define LODGE_MACROS_H

#include <lodge/values.h>

/* Selects by a type that may be void: void is no type of a selection, but a function that returns it is one. */
#define LODGE_SELECT_(type, i, u, l, ul, f, d, s, b, y, v)                                                                   \
    _Generic((type(*)(void))0,                                                                                                \
        int (*)(void): i,                                                                                                     \
        unsigned (*)(void): u,                                                                                                \
        long (*)(void): l,                                                                                                    \
        long long (*)(void): l,                                                                                               \
        unsigned long (*)(void): ul,                                                                                          \
        unsigned long long (*)(void): ul,                                                                                     \
        float (*)(void): f,                                                                                                   \
        double (*)(void): d,                                                                                                  \
        const char *(*)(void): s,                                                                                             \
        _Bool (*)(void): b,                                                                                                   \
        lodge_bytes (*)(void): y,                                                                                             \
        void (*)(void): v)

#define LODGE_TYPE_(type)                                                                                                     \
    LODGE_SELECT_(type, LODGE_INT, LODGE_UINT, LODGE_LONG, LODGE_ULONG, LODGE_FLOAT, LODGE_DOUBLE, LODGE_STRING, LODGE_BOOL,  \
                  LODGE_BYTES, LODGE_VOID)

/* The member of a lodge_value that has this type; also to assign to. */
#define LODGE_MEMBER_(type, value)                                                                                            \
    LODGE_SELECT_(type, (value).as_int, (value).as_uint, (value).as_long, (value).as_ulong, (value).as_float,                 \
                  (value).as_double, (value).as_string, (value).as_bool, (value).as_bytes, (void)0)

/* Evaluates a call and keeps its result, where it has one. Both branches are parsed, so neither may assign a void. */
#define LODGE_STORE_(type, value, call)                                                                                       \
    LODGE_SELECT_(type, (value).as_int, (value).as_uint, (value).as_long, (value).as_ulong, (value).as_float,                 \
                  (value).as_double, (value).as_string, (value).as_bool, (value).as_bytes, (value).as_int) =                  \
        __builtin_choose_expr(__builtin_types_compatible_p(type, void), ((call), 0), (call))

#define LODGE_JOIN_(a, b) LODGE_JOIN2_(a, b)
#define LODGE_JOIN2_(a, b) a##b

/* How many arguments there are, 0 to 16. */
#define LODGE_COUNT_(...) LODGE_COUNT2_(0 __VA_OPT__(, ) __VA_ARGS__, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define LODGE_COUNT2_(z, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, count, ...) count

/* macro(0, first), macro(1, second), ... */
#define LODGE_MAP_(macro, ...) LODGE_JOIN_(LODGE_MAP_, LODGE_COUNT_(__VA_ARGS__))(macro __VA_OPT__(, ) __VA_ARGS__)
#define LODGE_MAP_0(M)
#define LODGE_MAP_1(M, a) M(0, a)
#define LODGE_MAP_2(M, a, b) M(0, a), M(1, b)
#define LODGE_MAP_3(M, a, b, c) LODGE_MAP_2(M, a, b), M(2, c)
#define LODGE_MAP_4(M, a, b, c, d) LODGE_MAP_3(M, a, b, c), M(3, d)
#define LODGE_MAP_5(M, a, b, c, d, e) LODGE_MAP_4(M, a, b, c, d), M(4, e)
#define LODGE_MAP_6(M, a, b, c, d, e, f) LODGE_MAP_5(M, a, b, c, d, e), M(5, f)
#define LODGE_MAP_7(M, a, b, c, d, e, f, g) LODGE_MAP_6(M, a, b, c, d, e, f), M(6, g)
#define LODGE_MAP_8(M, a, b, c, d, e, f, g, h) LODGE_MAP_7(M, a, b, c, d, e, f, g), M(7, h)
#define LODGE_MAP_9(M, a, b, c, d, e, f, g, h, i) LODGE_MAP_8(M, a, b, c, d, e, f, g, h), M(8, i)
#define LODGE_MAP_10(M, a, b, c, d, e, f, g, h, i, j) LODGE_MAP_9(M, a, b, c, d, e, f, g, h, i), M(9, j)
#define LODGE_MAP_11(M, a, b, c, d, e, f, g, h, i, j, k) LODGE_MAP_10(M, a, b, c, d, e, f, g, h, i, j), M(10, k)
#define LODGE_MAP_12(M, a, b, c, d, e, f, g, h, i, j, k, l) LODGE_MAP_11(M, a, b, c, d, e, f, g, h, i, j, k), M(11, l)
#define LODGE_MAP_13(M, a, b, c, d, e, f, g, h, i, j, k, l, m) LODGE_MAP_12(M, a, b, c, d, e, f, g, h, i, j, k, l), M(12, m)
#define LODGE_MAP_14(M, a, b, c, d, e, f, g, h, i, j, k, l, m, n)                                                             \
    LODGE_MAP_13(M, a, b, c, d, e, f, g, h, i, j, k, l, m), M(13, n)
#define LODGE_MAP_15(M, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o)                                                          \
    LODGE_MAP_14(M, a, b, c, d, e, f, g, h, i, j, k, l, m, n), M(14, o)
#define LODGE_MAP_16(M, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)                                                       \
    LODGE_MAP_15(M, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o), M(15, p)

#define LODGE_PLAIN_(index, type) type
#define LODGE_TAG_(index, type) LODGE_TYPE_(type)
#define LODGE_DECLARE_(index, type) type lodge_parameter##index
#define LODGE_LOAD_(index, type) LODGE_MEMBER_(type, lodge_slots[(index) + 1])
#define LODGE_KEEP_(index, type) LODGE_MEMBER_(type, lodge_slots[(index) + 1]) = lodge_parameter##index

/* A parameter list; without parameters it is void. */
#define LODGE_LIST_(macro, ...) LODGE_JOIN_(LODGE_LIST_, LODGE_IS_EMPTY_(__VA_ARGS__))(macro __VA_OPT__(, ) __VA_ARGS__)
#define LODGE_LIST_1(macro) void
#define LODGE_LIST_0(macro, ...) LODGE_MAP_(macro, __VA_ARGS__)
#define LODGE_IS_EMPTY_(...) LODGE_IS_EMPTY2_(__VA_OPT__(0, ) 1, 1)
#define LODGE_IS_EMPTY2_(first, ...) first

#define LODGE_SIGNATURE_(text, type, ...)                                                                                     \
    {                                                                                                                         \
        .name = text, .name_size = sizeof(text) - 1, .result = LODGE_TYPE_(type), .count = LODGE_COUNT_(__VA_ARGS__),         \
        .parameters = {LODGE_MAP_(LODGE_TAG_ __VA_OPT__(, ) __VA_ARGS__)},                                                    \
    }

#endif
