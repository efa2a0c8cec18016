/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-port-mapper.h"

/** What a mapping is like now, as one sentence for people: the gateway, the port, what is wrong and
 * what would help. NULL if nothing is to be mapped. Free with g_free(). */
char *wl_mapping_describe(const WlMappingView *view);
