# Builds a guest, also outside of this repository. Needs gcc, ld, ar and make. A guest's Makefile is
#
#     GUEST := hello
#     SOURCES := hello.c
#     include .../runtime/lodge-guest.mk
#
# and `make` writes $(OUT)/hello.elf (OUT is bin unless given, OBJ $(OUT)/obj). Files of SOURCES are .c and .S. CFLAGS adds to the
# compiler's flags, and CFLAGS_file.o to those of one file.

LODGE_RUNTIME := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
OUT ?= bin
OBJ ?= $(OUT)/obj

include $(LODGE_RUNTIME)/flags.mk

LODGE_LIBRARY := $(OBJ)/runtime/liblodge-guest.a
LODGE_OBJECTS := $(addprefix $(OBJ)/$(GUEST)/,$(addsuffix .o,$(basename $(SOURCES))))
LODGE_HEADERS := $(wildcard *.h $(LODGE_RUNTIME)/include/lodge/*.h)

.DEFAULT_GOAL := all
all: $(OUT)/$(GUEST).elf

# libgcc has what the compiler calls for arithmetic that the processor does not have in one instruction.
$(OUT)/$(GUEST).elf: $(LODGE_OBJECTS) $(LODGE_LIBRARY) $(LODGE_RUNTIME)/lodge-guest.ld
	gcc $(LODGE_LDFLAGS) -o '$@' $(LODGE_OBJECTS) $(LODGE_LIBRARY) -lgcc

$(OBJ)/$(GUEST)/%.o: %.c $(LODGE_HEADERS) $(MAKEFILE_LIST)
	@mkdir -p '$(@D)'
	gcc $(LODGE_CFLAGS) -DLODGE_GUEST_NAME='"$(GUEST)"' $(CFLAGS) $(CFLAGS_$(@F)) -c -o '$@' $<

$(OBJ)/$(GUEST)/%.o: %.S $(MAKEFILE_LIST)
	@mkdir -p '$(@D)'
	gcc $(LODGE_CFLAGS) $(CFLAGS) $(CFLAGS_$(@F)) -c -o '$@' $<

# The library's own Makefile knows whether it is up to date. It is told the way from where it is to OBJ: make takes no names with
# spaces, and the folders above both may have some.
$(LODGE_LIBRARY): always
	@$(MAKE) --no-print-directory -C '$(LODGE_RUNTIME)' OBJ="$$(realpath -m --relative-to='$(LODGE_RUNTIME)' '$(OBJ)')"

clean:
	rm -rf '$(OUT)/$(GUEST).elf' '$(OBJ)/$(GUEST)' '$(OBJ)/runtime'

.PHONY: all always clean
