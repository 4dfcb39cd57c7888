/* The types that cross between a guest and its host. */
#ifndef LODGE_VALUES_H
#define LODGE_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that belong to somebody else. */
typedef struct lodge_bytes {
    const uint8_t *data;
    size_t size;
} lodge_bytes;

/* The C type of each is in parentheses. The numbers up to LODGE_BYTES are those of a parameter in a message. */
typedef enum lodge_type {
    LODGE_INT = 1,    /* int32_t */
    LODGE_UINT = 2,   /* uint32_t */
    LODGE_LONG = 3,   /* int64_t */
    LODGE_ULONG = 4,  /* uint64_t */
    LODGE_FLOAT = 5,  /* float */
    LODGE_DOUBLE = 6, /* double */
    LODGE_STRING = 7, /* const char *: UTF-8, ends with a zero, has none inside */
    LODGE_BOOL = 8,   /* bool */
    LODGE_BYTES = 9,  /* lodge_bytes */
    LODGE_VOID = 10,  /* void, as a result only */
} lodge_type;

/* A value whose type is known from elsewhere. */
typedef union lodge_value {
    int32_t as_int;
    uint32_t as_uint;
    int64_t as_long;
    uint64_t as_ulong;
    float as_float;
    double as_double;
    const char *as_string;
    bool as_bool;
    lodge_bytes as_bytes;
} lodge_value;

/* The most parameters that a function has, and the most characters of its name. */
#define LODGE_MOST_PARAMETERS 16
#define LODGE_MOST_NAME 255

/* A function's name and types, as both sides have to agree on them. */
typedef struct lodge_signature {
    const char *name;
    uint8_t name_size; /* without the zero */
    uint8_t result;    /* lodge_type */
    uint8_t count;
    uint8_t parameters[LODGE_MOST_PARAMETERS]; /* lodge_type */
} lodge_signature;

#endif
