/* The messages: FlatBuffers with a size prefix, each of a few fixed shapes.
 *
 * A message is a size, the offset of its root table, and tables. A table begins with the distance back to its vtable, which says
 * at which offset in the table each field is; a field that refers to something else holds the distance ahead to it. What is of 4
 * or 8 bytes lies at a multiple of that from the message's start. A union is two fields, the type and the value.
 *
 * Reading takes nothing on trust: who wrote the message has the guest's fate in his hands anyway, but a mistake of his shall be
 * found where it is. Writing lays out the known shapes in place. */
#include "runtime.h"

#define PREFIX 4

/* FunctionCall's type, and FunctionCallResult's. */
#define CALL_OF_GUEST 1
#define CALL_OF_HOST 2
#define RESULT_VALUE 1
#define RESULT_ERROR 2

/* In the union of results, bytes come after nothing. */
#define RESULT_CODE(type) ((type) < LODGE_BYTES ? (uint32_t)(type) : LODGE_BYTES + LODGE_VOID - (uint32_t)(type))

static uint16_t read16(const uint8_t *at)
{
    uint16_t value;
    __builtin_memcpy(&value, at, sizeof(value));
    return value;
}

static uint32_t read32(const uint8_t *at)
{
    uint32_t value;
    __builtin_memcpy(&value, at, sizeof(value));
    return value;
}

static uint64_t read64(const uint8_t *at)
{
    uint64_t value;
    __builtin_memcpy(&value, at, sizeof(value));
    return value;
}

static void write32(uint8_t *at, size_t value)
{
    uint32_t word = (uint32_t)value;
    __builtin_memcpy(at, &word, sizeof(word));
}

static void write64(uint8_t *at, uint64_t value) { __builtin_memcpy(at, &value, sizeof(value)); }

/* Reading. */

typedef struct table {
    size_t at;
    size_t vtable;
    uint16_t size;
    uint16_t vtable_size;
} table;

static _Noreturn __attribute__((cold)) void malformed(const message *message, const char *what, size_t at)
{
    lodge_abort(LODGE_ERROR_UNKNOWN, "A message of %zu bytes from the host is malformed: %s at %zu.", message->size, what, at);
}

static void need(const message *message, size_t at, size_t size, const char *what)
{
    if (__builtin_expect(at > message->size || size > message->size - at, 0))
        malformed(message, what, at);
}

static size_t follow(const message *message, size_t at) { return at + read32(message->start + at); }

static inline table open_table(const message *message, size_t at)
{
    need(message, at, 4, "a table outside of it");
    size_t vtable = at - (size_t)(int64_t)(int32_t)read32(message->start + at);
    need(message, vtable, 4, "a vtable outside of it");
    table table = {at, vtable, read16(message->start + vtable + 2), read16(message->start + vtable)};
    need(message, vtable, table.vtable_size, "a vtable that ends outside of it");
    need(message, at, table.size, "a table that ends outside of it");
    if (__builtin_expect(table.vtable_size < 4 || table.size < 4, 0))
        malformed(message, "a table of no size", at);

    return table;
}

/* Where a field is; 0, where no field can be, if it is absent. */
static inline size_t field(const message *message, const table *table, unsigned number, size_t size)
{
    size_t slot = 4 + 2 * (size_t)number;
    if (slot + 2 > table->vtable_size)
        return 0;

    size_t offset = read16(message->start + table->vtable + slot);
    if (offset == 0)
        return 0;

    if (__builtin_expect(offset < 4 || offset + size > table->size, 0))
        malformed(message, "a field outside of its table", table->at);

    return table->at + offset;
}

static inline size_t required_field(const message *message, const table *table, unsigned number, size_t size)
{
    size_t at = field(message, table, number, size);
    if (__builtin_expect(at == 0, 0))
        malformed(message, "a table without a field that it must have", table->at);

    return at;
}

/* The bytes of a vector whose entries have a size. */
static inline lodge_bytes open_vector(const message *message, size_t at, size_t entry, const char *what)
{
    need(message, at, 4, what);
    uint32_t count = read32(message->start + at);
    need(message, at + 4, count * entry, what);
    return (lodge_bytes){message->start + at + 4, count};
}

static lodge_bytes open_string(const message *message, size_t at)
{
    lodge_bytes text = open_vector(message, at, 1, "a string outside of it");
    need(message, at + 4 + text.size, 1, "a string without an end");
    if (__builtin_expect(text.data[text.size] != 0, 0))
        malformed(message, "a string without an end", at);

    return text;
}

/* A union: its type, and the table of its value. */
static inline uint8_t open_union(const message *message, const table *holder, unsigned number, table *value)
{
    uint8_t type = message->start[required_field(message, holder, number, 1)];
    size_t at = required_field(message, holder, number + 1, 4);
    *value = open_table(message, follow(message, at));
    return type;
}

/* A value; of a string, its bytes. A number that is absent is zero, as FlatBuffers has it. */
static void read_value(const message *message, const table *table, unsigned number, lodge_type type, lodge_value *value)
{
    static const uint8_t sizes[] = {0, 4, 4, 8, 8, 4, 8, 4, 1, 4, 0};
    size_t size = sizes[type], at = size == 0 ? 0 : field(message, table, number, size);
    *value = (lodge_value){0};
    if (at == 0)
        return;

    const uint8_t *from = message->start + at;
    if (type == LODGE_STRING)
        value->as_bytes = open_string(message, follow(message, at));
    else if (type == LODGE_BYTES)
        value->as_bytes = open_vector(message, follow(message, at), 1, "bytes outside of it");
    else if (size == 1)
        value->as_bool = *from != 0;
    else
        value->as_ulong = size == 4 ? read32(from) : read64(from);
}

static size_t open_root(const message *message)
{
    need(message, PREFIX, 4, "no root");
    return follow(message, PREFIX);
}

guest_call read_call(message message)
{
    table call = open_table(&message, open_root(&message));
    lodge_bytes name = open_string(&message, follow(&message, required_field(&message, &call, 0, 4)));
    size_t type = field(&message, &call, 2, 1), parameters = field(&message, &call, 1, 4);
    if (type == 0 || message.start[type] != CALL_OF_GUEST)
        malformed(&message, "a call that is not the guest's", call.at);

    guest_call result = {.message = message, .name = (const char *)name.data, .name_size = name.size};
    if (parameters != 0) {
        lodge_bytes vector = open_vector(&message, follow(&message, parameters), 4, "parameters outside of it");
        result.parameters = (size_t)(vector.data - message.start);
        result.count = (uint32_t)vector.size;
    }

    return result;
}

lodge_type read_parameter(const guest_call *call, uint32_t index, lodge_value *value, bool *clean)
{
    const message *message = &call->message;
    table parameter = open_table(message, follow(message, call->parameters + 4 * (size_t)index)), holder;
    uint8_t type = open_union(message, &parameter, 0, &holder);
    if (type < LODGE_INT || type > LODGE_BYTES)
        malformed(message, "a parameter of no known type", parameter.at);

    read_value(message, &holder, 0, type, value);
    *clean = true;
    if (type == LODGE_STRING) {
        lodge_bytes text = value->as_bytes;
        *clean = memchr(text.data, 0, text.size) == NULL;
        value->as_string = text.data == NULL ? "" : (const char *)text.data;
    }

    return type;
}

host_result read_host_result(message message)
{
    table root = open_table(&message, open_root(&message)), holder, value;
    uint8_t kind = open_union(&message, &root, 0, &holder);
    host_result result = {.failed = kind == RESULT_ERROR};
    if (kind == RESULT_ERROR) {
        lodge_value text;
        size_t code = field(&message, &holder, 0, 8);
        result.code = code == 0 ? 0 : read64(message.start + code);
        read_value(&message, &holder, 1, LODGE_STRING, &text);
        result.text = text.as_bytes;
        return result;
    }

    uint8_t code = kind == RESULT_VALUE ? open_union(&message, &holder, 0, &value) : 0;
    if (code < RESULT_CODE(LODGE_INT) || code > RESULT_CODE(LODGE_BYTES))
        malformed(&message, "a result of no known type", holder.at);

    result.type = RESULT_CODE(code); /* its own inverse */
    read_value(&message, &value, result.type == LODGE_BYTES ? 1 : 0, result.type, &result.value);
    return result;
}

/* Writing. Each shape begins with its vtables, because their places do not change. */

typedef struct vtable {
    uint16_t size;
    uint16_t table_size;
    uint16_t fields[2];
} vtable;

static const vtable union_vtable = {8, 12, {8, 4}}, value32_vtable = {6, 8, {4, 0}}, value64_vtable = {6, 16, {8, 0}},
                    bytes_vtable = {8, 12, {4, 8}}, void_vtable = {4, 4, {0, 0}}, error_vtable = {8, 16, {8, 4}};

/* A table whose one field is a union. */
typedef struct union_table {
    uint32_t vtable;
    uint32_t value;
    uint32_t type;
} union_table;

static size_t align(size_t value, size_t alignment) { return (value + alignment - 1) & -alignment; }

/* The size of a vector of bytes, or of a string with its zero. */
static size_t vector_size(size_t size) { return align(4 + size, 4); }

/* A vector of bytes of which so many follow the length: what is behind the contents is zero. */
static size_t put_content(uint8_t *to, size_t at, const void *from, size_t size, size_t whole)
{
    write32(to + at + whole - 4, 0);
    write32(to + at, size);
    memcpy(to + at + 4, from, size);
    return at + whole;
}

static size_t put_vector(uint8_t *to, size_t at, const void *from, size_t size)
{
    return put_content(to, at, from, size, vector_size(size));
}

/* Its length is without the zero. */
static size_t put_string(uint8_t *to, size_t at, const char *text, size_t size)
{
    return put_content(to, at, text, size, vector_size(size + 1));
}

static size_t finish(uint8_t *to, size_t end)
{
    write32(to, end - PREFIX);
    return end;
}

typedef struct result_head {
    uint32_t size;
    uint32_t root;
    vtable union_vtable;
    vtable value_vtable;
    union_table result;
    union_table box;    /* of a value only */
    uint32_t to_vtable; /* the value's table begins */
} result_head;

_Static_assert(sizeof(result_head) == 52, "no padding");

#define VALUE_TABLE offsetof(result_head, to_vtable)

static void put_head(uint8_t *to, const vtable *value_vtable, uint32_t code)
{
    result_head head = {
        .root = offsetof(result_head, result) - offsetof(result_head, root),
        .union_vtable = union_vtable,
        .value_vtable = *value_vtable,
        .result = {offsetof(result_head, result) - offsetof(result_head, union_vtable),
                   offsetof(result_head, box) - offsetof(result_head, result.value), RESULT_VALUE},
        .box = {offsetof(result_head, box) - offsetof(result_head, union_vtable),
                VALUE_TABLE - offsetof(result_head, box.value), code},
        .to_vtable = VALUE_TABLE - offsetof(result_head, value_vtable),
    };
    __builtin_memcpy(to, &head, sizeof(head));
}

static size_t write_string_result(uint8_t *to, size_t room, const char *text)
{
    size_t size = strlen(text);
    if (size > UINT32_MAX / 2 || room < 56 + vector_size(size + 1))
        return 0;

    put_head(to, &value32_vtable, RESULT_CODE(LODGE_STRING));
    write32(to + 52, 4);
    return finish(to, put_string(to, 56, text, size));
}

static size_t write_bytes_result(uint8_t *to, size_t room, lodge_bytes bytes)
{
    if (bytes.size > INT32_MAX - PAGE_SIZE || room < 60 + vector_size(bytes.size))
        return 0;

    put_head(to, &bytes_vtable, RESULT_CODE(LODGE_BYTES));
    write32(to + 52, bytes.size);
    write32(to + 56, 4);
    return finish(to, put_vector(to, 60, bytes.data, bytes.size));
}

size_t write_result(uint8_t *to, size_t room, lodge_type type, const lodge_value *value)
{
    if (type == LODGE_STRING)
        return write_string_result(to, room, value->as_string);

    if (type == LODGE_BYTES)
        return write_bytes_result(to, room, value->as_bytes);

    bool is_long = type == LODGE_LONG || type == LODGE_ULONG || type == LODGE_DOUBLE;
    if (room < 64)
        return 0;

    put_head(to, type == LODGE_VOID ? &void_vtable : is_long ? &value64_vtable : &value32_vtable, RESULT_CODE(type));
    if (is_long) {
        write32(to + 52, 0);
        write64(to + 56, value->as_ulong);
        return finish(to, 64);
    }

    write32(to + 52, type == LODGE_VOID ? 0 : type == LODGE_BOOL ? value->as_bool : value->as_uint);
    return finish(to, 56);
}

size_t write_error(uint8_t *to, size_t room, uint64_t code, const char *text)
{
    /* Like a result's head; where the box would be is the table of the error, at a multiple of 8 for its code. */
    const size_t table = 40, string = 56;
    size_t size = strlen(text);
    if (room < string + vector_size(1))
        return 0;

    if (size > room - string - vector_size(1))
        size = whole_characters(text, room - string - vector_size(1));

    put_head(to, &error_vtable, 0);
    write32(to + offsetof(result_head, result.value), table - offsetof(result_head, result.value));
    write32(to + offsetof(result_head, result.type), RESULT_ERROR);
    write32(to + 36, 0);
    write32(to + table, table - offsetof(result_head, value_vtable));
    write32(to + table + 4, string - (table + 4));
    write64(to + table + 8, code);
    return finish(to, put_string(to, string, text, size));
}

typedef struct call_head {
    uint32_t size;
    uint32_t root;
    vtable union_vtable;
    vtable value32_vtable;
    vtable value64_vtable;
    uint16_t call_vtable[6];
    uint32_t to_vtable; /* the call's table begins */
    uint32_t name;
    uint32_t parameters;
    uint8_t type;
    uint8_t result;
    uint16_t padding;
    uint32_t count; /* the vector of parameters begins */
} call_head;

_Static_assert(sizeof(call_head) == 64, "no padding");

/* The size of a string or of bytes. */
static size_t content_size(lodge_type type, const lodge_value *value)
{
    return type == LODGE_STRING ? strlen(value->as_string) : type == LODGE_BYTES ? value->as_bytes.size : 0;
}

/* One parameter: a table with the union, the value's table, and what it refers to. Returns where the next can be. */
static size_t put_parameter(uint8_t *to, size_t at, lodge_type type, const lodge_value *value)
{
    bool is_long = type == LODGE_LONG || type == LODGE_ULONG || type == LODGE_DOUBLE;
    /* The value behind a union's 12 bytes is at a multiple of 8. */
    size_t own = is_long ? align(at + 12, 8) - 12 : at, table = own + 12;
    memset(to + at, 0, own - at);
    write32(to + own, own - offsetof(call_head, union_vtable));
    write32(to + own + 4, table - (own + 4));
    write32(to + own + 8, type);
    write32(to + table, table - (is_long ? offsetof(call_head, value64_vtable) : offsetof(call_head, value32_vtable)));
    if (is_long) {
        write32(to + table + 4, 0);
        write64(to + table + 8, value->as_ulong);
        return table + 16;
    }

    if (type == LODGE_STRING || type == LODGE_BYTES) {
        write32(to + table + 4, 4);
        return type == LODGE_STRING ? put_string(to, table + 8, value->as_string, strlen(value->as_string))
                                    : put_vector(to, table + 8, value->as_bytes.data, value->as_bytes.size);
    }

    write32(to + table + 4, type == LODGE_BOOL ? value->as_bool : value->as_uint);
    return table + 8;
}

/* What a call needs at most; SIZE_MAX where that is more than there is room for. */
static size_t most_of_call(size_t room, const lodge_signature *signature, const lodge_value *arguments)
{
    size_t most = sizeof(call_head) + vector_size(signature->name_size + 1UL);
    for (unsigned i = 0; i < signature->count; i++) {
        size_t size = content_size(signature->parameters[i], &arguments[i]);
        if (size > room)
            return SIZE_MAX;

        most += 4 + 12 + 16 + 4 + vector_size(size + 1);
    }

    return most;
}

size_t write_call(uint8_t *to, size_t room, const lodge_signature *signature, const lodge_value *arguments)
{
    if (most_of_call(room, signature, arguments) > room)
        return 0;

    call_head head = {
        .root = offsetof(call_head, to_vtable) - offsetof(call_head, root),
        .union_vtable = union_vtable,
        .value32_vtable = value32_vtable,
        .value64_vtable = value64_vtable,
        .call_vtable = {12, 16, 4, 8, 12, 13},
        .to_vtable = offsetof(call_head, to_vtable) - offsetof(call_head, call_vtable),
        .parameters = offsetof(call_head, count) - offsetof(call_head, parameters),
        .type = CALL_OF_HOST,
        .result = (uint8_t)(RESULT_CODE(signature->result) - 1), /* the enum counts from 0 */
        .count = signature->count,
    };
    size_t at = sizeof(head) + 4UL * signature->count;
    head.name = (uint32_t)(at - offsetof(call_head, name));
    __builtin_memcpy(to, &head, sizeof(head));
    at = put_string(to, at, signature->name, signature->name_size);
    for (unsigned i = 0; i < signature->count; i++) {
        /* Where the parameter's own table will be: a long one is moved up to its alignment. */
        size_t entry = sizeof(head) + 4UL * i;
        lodge_type type = signature->parameters[i];
        bool is_long = type == LODGE_LONG || type == LODGE_ULONG || type == LODGE_DOUBLE;
        write32(to + entry, (is_long ? align(at + 12, 8) - 12 : at) - entry);
        at = put_parameter(to, at, type, &arguments[i]);
    }

    return finish(to, at);
}

typedef struct log_head {
    uint32_t size;
    uint32_t root;
    uint16_t log_vtable[8];
    uint32_t to_vtable; /* the record's table begins */
    uint32_t message;
    uint32_t source;
    uint32_t caller;
    uint32_t file;
    uint32_t line;
    uint32_t level;
} log_head;

_Static_assert(sizeof(log_head) == 52, "no padding");

size_t write_log(uint8_t *to, size_t room, const log_place *place, const char *format, va_list arguments)
{
    size_t source = strlen(place->source), caller = strlen(place->caller), file = strlen(place->file);
    size_t before = sizeof(log_head) + vector_size(source + 1) + vector_size(caller + 1) + vector_size(file + 1);
    /* A vector's length, a zero, and up to 3 bytes of padding for the text. */
    if (room < before + 8)
        return 0;

    log_head head = {
        .root = offsetof(log_head, to_vtable) - offsetof(log_head, root),
        .log_vtable = {16, 28, 4, 8, 24, 12, 16, 20},
        .to_vtable = offsetof(log_head, to_vtable) - offsetof(log_head, log_vtable),
        .line = place->line,
        .level = place->level,
    };
    size_t at = sizeof(head);
    head.source = (uint32_t)(at - offsetof(log_head, source));
    at = put_string(to, at, place->source, source);
    head.caller = (uint32_t)(at - offsetof(log_head, caller));
    at = put_string(to, at, place->caller, caller);
    head.file = (uint32_t)(at - offsetof(log_head, file));
    at = put_string(to, at, place->file, file);
    head.message = (uint32_t)(at - offsetof(log_head, message));
    __builtin_memcpy(to, &head, sizeof(head));

    /* The text last, right where it goes. */
    char *text = (char *)to + at + 4;
    size_t most = (room - at - 4) & -4UL, size = (size_t)vsnprintf(text, most, format, arguments);
    if (size > most - 1)
        size = whole_characters(text, most - 1);

    write32(to + at, size);
    memset(text + size, 0, vector_size(size + 1) - 4 - size);
    return finish(to, at + vector_size(size + 1));
}
