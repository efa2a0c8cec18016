/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-profile-edit.h"

/** The DNS servers that a profile names, separated by ", ", or ""; safe to print; to be freed.
 * *only: whether all queries go to them, also those that other servers could resolve. */
char *wl_profile_dns_list(const WlProfileEdit *edit, gboolean *only);
