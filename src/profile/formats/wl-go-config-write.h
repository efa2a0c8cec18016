/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Writes the JSON file of the Go daemon. */

#include "wl-format.h"

G_BEGIN_DECLS

/* The file in a stable order, without secrets; owned by the caller. Without @own_key (NULL) the
 * name of this member is added to @losses. */
char *wl_go_config_format(const WlProfileFile *file, const char *own_key, WlLosses *losses);

G_END_DECLS
