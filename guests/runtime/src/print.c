/* Formatted text. It uses no static data that is written, so that exceptions can be described with it. */
#include "runtime.h"

typedef struct sink {
    char *to;
    size_t size;
    size_t count; /* of the whole text, also of what did not fit */
} sink;

typedef struct field {
    bool left;
    bool zeros;
    int width;
    int precision; /* -1: none */
    int length;    /* bytes of an integer */
} field;

static void put(sink *sink, char character)
{
    if (sink->count < sink->size)
        sink->to[sink->count] = character;

    sink->count++;
}

static void pad(sink *sink, char character, int count)
{
    for (; count > 0; count--)
        put(sink, character);
}

/* Text with what may come in front of it, which zeros go behind. */
static void put_field(sink *sink, const field *field, const char *sign, const char *text, size_t size)
{
    int padding = field->width - (int)(strlen(sign) + size);
    if (!field->left && !field->zeros)
        pad(sink, ' ', padding);

    while (*sign != 0)
        put(sink, *sign++);

    if (!field->left && field->zeros)
        pad(sink, '0', padding);

    for (size_t i = 0; i < size; i++)
        put(sink, text[i]);

    if (field->left)
        pad(sink, ' ', padding);
}

static void put_number(sink *sink, const field *field, const char *sign, uint64_t value, unsigned base, const char *digits)
{
    char text[20];
    size_t at = sizeof(text);
    do {
        text[--at] = digits[value % base];
        value /= base;
    } while (value != 0);

    put_field(sink, field, sign, text + at, sizeof(text) - at);
}

static void put_text(sink *sink, field *field, const char *text)
{
    if (text == NULL)
        text = "(null)";

    /* With a precision there need not be a zero behind it. */
    size_t size = 0;
    while ((field->precision < 0 || size < (size_t)field->precision) && text[size] != 0)
        size++;

    field->zeros = false;
    put_field(sink, field, "", text, size);
}

static int read_number(const char **format)
{
    int value = 0;
    for (; **format >= '0' && **format <= '9'; (*format)++) {
        if (value < 100000)
            value = value * 10 + (**format - '0');
    }

    return value;
}

static int read_length(const char **format)
{
    int length = 4;
    for (;; (*format)++) {
        if (**format == 'h')
            length /= 2;
        else if (**format == 'l' || **format == 'z')
            length = 8;
        else
            return length;
    }
}

static uint64_t cut_unsigned(uint64_t value, int length) { return length == 8 ? value : value & ((1UL << 8 * length) - 1); }

static int64_t cut_signed(uint64_t value, int length) { return (int64_t)(value << (64 - 8 * length)) >> (64 - 8 * length); }

int vsnprintf(char *to, size_t size, const char *format, va_list arguments)
{
    static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
    sink sink = {to, size == 0 ? 0 : size - 1, 0};
    for (; *format != 0; format++) {
        if (*format != '%') {
            put(&sink, *format);
            continue;
        }

        field field = {.precision = -1};
        for (format++; *format == '-' || *format == '0'; format++) {
            if (*format == '-')
                field.left = true;
            else
                field.zeros = true;
        }

        if (*format == '*') {
            field.width = va_arg(arguments, int);
            format++;
            if (field.width < 0) {
                field.left = true;
                field.width = -field.width;
            }
        } else {
            field.width = read_number(&format);
        }

        if (*format == '.') {
            format++;
            if (*format == '*') {
                field.precision = va_arg(arguments, int);
                format++;
            } else {
                field.precision = read_number(&format);
            }
        }

        field.length = read_length(&format);
        switch (*format) {
        case 'd':
        case 'i': {
            uint64_t raw = field.length == 8 ? va_arg(arguments, uint64_t) : va_arg(arguments, uint32_t);
            int64_t value = cut_signed(raw, field.length);
            put_number(&sink, &field, value < 0 ? "-" : "", value < 0 ? -(uint64_t)value : (uint64_t)value, 10, lower);
            break;
        }
        case 'u':
        case 'x':
        case 'X': {
            uint64_t raw = field.length == 8 ? va_arg(arguments, uint64_t) : va_arg(arguments, uint32_t);
            put_number(&sink, &field, "", cut_unsigned(raw, field.length), *format == 'u' ? 10 : 16,
                       *format == 'X' ? upper : lower);
            break;
        }
        case 'p':
            put_number(&sink, &field, "0x", (uint64_t)va_arg(arguments, void *), 16, lower);
            break;
        case 'c': {
            char character = (char)va_arg(arguments, int);
            field.zeros = false;
            put_field(&sink, &field, "", &character, 1);
            break;
        }
        case 's':
            put_text(&sink, &field, va_arg(arguments, const char *));
            break;
        case '%':
            put(&sink, '%');
            break;
        case 0:
            format--;
            break;
        default:
            /* What is not known is shown, so that it is seen. */
            put(&sink, '%');
            put(&sink, *format);
            break;
        }
    }

    if (size != 0)
        to[sink.count < sink.size ? sink.count : sink.size] = 0;

    return (int)sink.count;
}

int snprintf(char *to, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int count = vsnprintf(to, size, format, arguments);
    va_end(arguments);
    return count;
}

size_t whole_characters(const char *text, size_t size)
{
    /* Back to the first byte of the last character, three bytes at most. */
    size_t first = size;
    while (first > 0 && size - first < 3 && ((uint8_t)text[first - 1] & 0xc0) == 0x80)
        first--;

    if (first == 0)
        return size;

    uint8_t lead = (uint8_t)text[first - 1];
    size_t needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    return size - (first - 1) < needed ? first - 1 : size;
}
