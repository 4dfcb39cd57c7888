/* The start of a guest, on its main stack. */
#include "runtime.h"

buffer input, output;

static lodge_bytes init_data;

__attribute__((weak)) void lodge_main(void) {}

lodge_bytes lodge_init_data(void) { return init_data; }

void guest_set_up(const peb *peb, uint64_t seed, uint64_t page_size, uint64_t log_filter)
{
    if (page_size != PAGE_SIZE)
        lodge_abort(LODGE_ERROR_UNKNOWN, "Pages are %lu bytes on this host, and 4096 for this guest.", page_size);

    input = (buffer){(uint8_t *)peb->input.pointer, peb->input.size};
    output = (buffer){(uint8_t *)peb->output.pointer, peb->output.size};
    init_data = (lodge_bytes){(const uint8_t *)peb->init_data.pointer, peb->init_data.size};
    log_set_up(log_filter);
    random_set_up(seed);
    heap_set_up((void *)peb->heap.pointer, peb->heap.size);
    exports_set_up();

    /* What the guest does on its own may use temporary memory too; a failure has nobody to tell but the host. */
    call_begin();
    lodge_main();
    if (lodge_failed())
        lodge_abort(LODGE_ERROR_GUEST, "The guest's preparation failed: %s", lodge_failure_text());

    call_end();
}
