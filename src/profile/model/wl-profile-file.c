/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-file.h"

WlProfileFile *
wl_profile_file_new(void)
{
    WlProfileFile *file = g_new0(WlProfileFile, 1);

    file->profile = wl_profile_new();
    file->dns = g_ptr_array_new_with_free_func(g_free);
    return file;
}

void
wl_profile_file_free(WlProfileFile *file)
{
    if (!file)
        return;
    wl_profile_free(file->profile);
    g_ptr_array_unref(file->dns);
    g_free(file);
}
