/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/**
 * What each target defines, and what libFuzzer calls with one input after the other. Without
 * libFuzzer fuzz-main.c calls it with the files of the corpus. Always returns 0; what must not be
 * ends the process.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
