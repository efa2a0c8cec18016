/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Reads .wirelink files, whose syntax is that of wg-quick with an additional section [Wirelink],
 * and wg-quick files. Errors (WL_PROFILE_ERROR) and warnings are "name:line: Key: sentence". */

#include "wl-profile-file.h"

G_BEGIN_DECLS

/* Reads the @length bytes at @text; @name is the name of the file in errors and warnings. */
WlProfileFile *wl_wgquick_parse(const char *text, gsize length, const char *name, GError **error);

/* The same for a wg-quick file: [Wirelink] is optional, and commands such as PostUp are skipped
 * with a warning. A file without peers is not checked completely: call wl_profile_check() before
 * using it as a profile. */
WlProfileFile *wl_wgquick_parse_plain(const char *text, gsize length, const char *name,
                                      GError **error);

G_END_DECLS
