/* SPDX-License-Identifier: MIT */

/*
 * The fuzzer's entry without a fuzzer: with the inputs in the files that are
 * named (what the fuzzer found), or with some hundred that are always the same.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUTS = 200, SIZE = 512 };

static int run_file(const char *name)
{
    uint8_t data[SIZE];
    FILE *file = fopen(name, "rb");
    if (file == NULL) {
        perror(name);
        return EXIT_FAILURE;
    }
    size_t size = fread(data, 1, SIZE, file);
    fclose(file);
    return LLVMFuzzerTestOneInput(data, size);
}

static void run_generated(void)
{
    uint32_t state = 1;
    for (unsigned i = 0; i < INPUTS; i++) {
        uint8_t data[SIZE];
        for (size_t j = 0; j < SIZE; j++) {
            state = state * UINT32_C(1664525) + UINT32_C(1013904223);
            data[j] = (uint8_t)(state >> 24);
        }
        LLVMFuzzerTestOneInput(data, i * SIZE / INPUTS);
    }
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int i = 1; i < argc; i++)
        failed |= run_file(argv[i]);
    if (argc == 1)
        run_generated();
    return failed;
}
