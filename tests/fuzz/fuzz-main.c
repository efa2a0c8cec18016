/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Runs a fuzz target as a unit test, with any compiler: once for each file in the directories given
 * as arguments. */

#include <glib.h>
#include <string.h>

#include "fuzz.h"

static void
run_file(gconstpointer path)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *contents = NULL;
    g_autofree uint8_t *exact = NULL;
    gsize length;

    g_file_get_contents(path, &contents, &length, &error);
    g_assert_no_error(error);
    /* An exact allocation, so AddressSanitizer detects a read past the end. */
    exact = length ? g_memdup2(contents, length) : NULL;
    g_assert_cmpint(LLVMFuzzerTestOneInput(exact, length), ==, 0);
}

static void
add_directory(const char *directory)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = g_dir_open(directory, 0, &error);
    g_autofree char *folder = g_path_get_basename(directory);
    const char *name;

    g_assert_no_error(error);
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *test = g_strdup_printf("/fuzz/%s/%s", folder, name);

        g_test_add_data_func_full(test, g_build_filename(directory, name, NULL), run_file, g_free);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (int i = 1; i < argc; i++)
        add_directory(argv[i]);
    return g_test_run();
}
