/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-profile-file.h"

/** The file of a profile: where it is, who it belongs to, and what is in it. */

/** Whether @name can name a profile: a file, a unit and a part of a bus name. FALSE with an error
 * (WL_PROFILE_ERROR) that states what is allowed. */
gboolean wl_profile_source_check_name(const char *name, GError **error);
/** "/etc/wirelink/NAME.wirelink"; to be freed. */
char *wl_profile_source_dup_path(const char *name);

/**
 * Reads and checks the file. Refused, with cause and remedy (WL_PROFILE_ERROR): a file that is not
 * a regular one, belongs to another user or is accessible to others, a directory that others can
 * write, a file without a secret that the profile requires.
 */
WlProfileFile *wl_profile_source_load(const char *path, GError **error);
