/* Calls: the host's, from the input buffer to the output buffer, and those of the guest to the host.
 *
 * The host's call stays on the input buffer until its function has returned, so strings and bytes need not be copied. While the
 * host works for the guest it is set aside, because the host may need all of the buffer for its result. */
#include "runtime.h"

void call_begin(void)
{
    THE_CALL->temps = NULL;
    THE_CALL->failed = 0;
}

void call_end(void)
{
    temp_block *block = THE_CALL->temps;
    while (block != NULL) {
        temp_block *next = block->next;
        free(block);
        block = next;
    }
}

static void *try_temp(size_t size)
{
    size_t whole;
    temp_block *block = __builtin_add_overflow(size, sizeof(temp_block), &whole) ? NULL : malloc(whole);
    if (block == NULL)
        return NULL;

    block->next = THE_CALL->temps;
    THE_CALL->temps = block;
    return block + 1;
}

void *lodge_temp(size_t size)
{
    void *block = try_temp(size);
    if (block == NULL)
        lodge_abort(LODGE_ERROR_OUT_OF_MEMORY, "The heap has no room for %zu bytes.", size);

    return block;
}

const char *lodge_temp_text(const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    size_t size = (size_t)vsnprintf(NULL, 0, format, arguments) + 1;
    char *text = lodge_temp(size);
    vsnprintf(text, size, format, again);
    va_end(again);
    va_end(arguments);
    return text;
}

static void fail(uint64_t code, const char *format, va_list arguments)
{
    call_state *call = THE_CALL;
    if (call->failed)
        return;

    call->failed = 1;
    call->code = code == 0 ? LODGE_ERROR_UNKNOWN : code;
    size_t size = (size_t)vsnprintf(call->text, sizeof(call->text), format, arguments);
    if (size >= sizeof(call->text))
        call->text[whole_characters(call->text, sizeof(call->text) - 1)] = 0;
}

void lodge_fail(uint64_t code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail(code, format, arguments);
    va_end(arguments);
}

bool lodge_failed(void) { return THE_CALL->failed != 0; }

uint64_t lodge_failure_code(void) { return lodge_failed() ? THE_CALL->code : 0; }

const char *lodge_failure_text(void) { return lodge_failed() ? THE_CALL->text : ""; }

void lodge_forgive(void) { THE_CALL->failed = 0; }

static const char *name_of(unsigned type)
{
    static const char names[][8] = {"none", "int", "uint", "long", "ulong", "float", "double", "string", "bool", "bytes", "void"};
    return names[type < sizeof(names) / sizeof(names[0]) ? type : 0];
}

/* The host's call. */

static bool read_parameters(const guest_call *call, const lodge_signature *signature, lodge_value *slots)
{
    if (call->count != signature->count) {
        lodge_fail(LODGE_ERROR_PARAMETER_COUNT, "%s takes %u parameters, not %u.", signature->name, signature->count,
                   call->count);
        return false;
    }

    for (unsigned i = 0; i < signature->count; i++) {
        bool clean;
        lodge_type type = read_parameter(call, i, &slots[i], &clean);
        if (type != signature->parameters[i]) {
            lodge_fail(LODGE_ERROR_PARAMETER_TYPE, "Parameter %u of %s is %s, not %s.", i, signature->name,
                       name_of(signature->parameters[i]), name_of(type));
            return false;
        }

        if (!clean) {
            lodge_fail(LODGE_ERROR_PARAMETER_TYPE, "Parameter %u of %s is a string with a zero inside.", i, signature->name);
            return false;
        }
    }

    return true;
}

static void push_result(const lodge_signature *signature, const lodge_value *value)
{
    if (signature->result == LODGE_STRING && value->as_string == NULL) {
        lodge_fail(LODGE_ERROR_GUEST, "%s returned no string.", signature->name);
        return;
    }

    size_t room;
    uint8_t *to = buffer_room(&output, &room);
    size_t size = write_result(to, room, signature->result, value);
    if (size == 0)
        lodge_fail(LODGE_ERROR_GUEST, "The result of %s does not fit the output buffer, which has %zu bytes left.",
                   signature->name, room);
    else
        buffer_push(&output, size);
}

static void push_failure(void)
{
    size_t room;
    uint8_t *to = buffer_room(&output, &room);
    size_t size = write_error(to, room, THE_CALL->code, THE_CALL->text);
    if (size == 0)
        lodge_abort(LODGE_ERROR_UNKNOWN, "The output buffer has no room for a failure: %s", THE_CALL->text);

    buffer_push(&output, size);
}

static void run(const guest_call *call)
{
    const lodge_export *export = find_export(call->name, call->name_size);
    if (export == NULL) {
        lodge_fail(call->name_size == 0 ? LODGE_ERROR_NO_NAME : LODGE_ERROR_NOT_FOUND, "There is no function \"%s\".",
                   call->name);
        return;
    }

    lodge_value slots[LODGE_MOST_PARAMETERS + 1];
    if (!read_parameters(call, &export->signature, slots + 1))
        return;

    export->run(slots);
    if (!lodge_failed())
        push_result(&export->signature, &slots[0]);
}

void guest_dispatch(void)
{
    call_begin();
    guest_call call = read_call(buffer_top(&input));
    run(&call);
    if (lodge_failed())
        push_failure();

    call_end();
    buffer_pop(&input);
}

/* The guest's call. */

static void clear_result(lodge_type type, lodge_value *value)
{
    *value = (lodge_value){0};
    if (type == LODGE_STRING)
        value->as_string = "";
}

/* Keeps a string or bytes, which are gone from the input buffer when the result is taken off. */
static bool keep_bytes(const lodge_signature *signature, lodge_bytes from, lodge_value *value)
{
    uint8_t *to = try_temp(from.size + 1);
    if (to == NULL) {
        lodge_fail(LODGE_ERROR_OUT_OF_MEMORY, "The heap has no room for the %zu bytes that the host's function %s returned.",
                   from.size, signature->name);
        return false;
    }

    if (signature->result == LODGE_STRING && memchr(from.data, 0, from.size) != NULL) {
        lodge_fail(LODGE_ERROR_HOST_FUNCTION, "The host's function %s returned a string with a zero inside.", signature->name);
        return false;
    }

    memcpy(to, from.data, from.size);
    to[from.size] = 0;
    if (signature->result == LODGE_STRING)
        value->as_string = (const char *)to;
    else
        value->as_bytes = (lodge_bytes){to, from.size};

    return true;
}

static bool keep_result(const lodge_signature *signature, const host_result *result, lodge_value *value)
{
    if (result->failed) {
        lodge_fail(result->code == 0 ? LODGE_ERROR_HOST_FUNCTION : result->code, "%.*s", (int)result->text.size,
                   (const char *)result->text.data);
        return false;
    }

    if (result->type != signature->result) {
        lodge_fail(LODGE_ERROR_HOST_FUNCTION, "The host's function %s returned %s, not %s.", signature->name,
                   name_of(result->type), name_of(signature->result));
        return false;
    }

    if (result->type == LODGE_STRING || result->type == LODGE_BYTES)
        return keep_bytes(signature, result->value.as_bytes, value);

    *value = result->value;
    return true;
}

static bool has_strings(const lodge_signature *signature, const lodge_value *arguments)
{
    for (unsigned i = 0; i < signature->count; i++) {
        if (signature->parameters[i] == LODGE_STRING && arguments[i].as_string == NULL) {
            lodge_fail(LODGE_ERROR_GUEST, "Parameter %u of the host's function %s is NULL.", i, signature->name);
            return false;
        }
    }

    return true;
}

static bool push_call(const lodge_signature *signature, const lodge_value *arguments)
{
    size_t room;
    uint8_t *to = buffer_room(&output, &room);
    size_t size = write_call(to, room, signature, arguments);
    if (size == 0) {
        lodge_fail(LODGE_ERROR_GUEST,
                   "A call of the host's function %s does not fit the output buffer, which has %zu bytes left.",
                   signature->name, room);
        return false;
    }

    buffer_push(&output, size);
    return true;
}

/* Has the host run what was pushed, and takes its result off. */
static bool exchange(const lodge_signature *signature, lodge_value *value)
{
    out32(PORT_CALL_HOST, 0);
    host_result result = read_host_result(buffer_top(&input));
    bool succeeded = keep_result(signature, &result, value);
    buffer_pop(&input);
    return succeeded;
}

#define SMALL_CALL 512

bool lodge_call_host(const lodge_signature *signature, lodge_value *slots)
{
    clear_result(signature->result, &slots[0]);
    if (!has_strings(signature, slots + 1) || !push_call(signature, slots + 1))
        return false;

    uint8_t small[SMALL_CALL];
    size_t size = buffer_top_size(&input);
    void *large = size <= sizeof(small) ? NULL : malloc(size), *aside = size <= sizeof(small) ? small : large;

    /* Where the heap has no room, or there is no call yet, the host has what is left of the buffer. */
    if (size == 0 || aside == NULL)
        return exchange(signature, &slots[0]);

    buffer_take(&input, aside, size);
    bool succeeded = exchange(signature, &slots[0]);
    buffer_put_back(&input, aside, size);
    free(large);
    return succeeded;
}
