/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/**
 * The entry point of each target. libFuzzer calls it with generated inputs, fuzz-main.c with the
 * files of the corpus. Always returns 0; a failed check aborts the process.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
