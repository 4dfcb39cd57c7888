/* Runs a program on the host: prints the result for three numbers in hexadecimal. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bare.h"

int main(int count, char **arguments)
{
    if (count != 4) {
        fprintf(stderr, "usage: %s FIRST SECOND THIRD\n", arguments[0]);
        return 2;
    }

    uint64_t numbers[3];
    for (int i = 0; i < 3; i++)
        numbers[i] = strtoull(arguments[i + 1], NULL, 0);

    printf("0x%016" PRIx64 "\n", program(numbers[0], numbers[1], numbers[2]));
    return 0;
}
