/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Forgets an endpoint of a peer that was advertised or that worked before. FALSE with *error, one
 * sentence, if there is no such peer or endpoint, or if only the profile contains it. */
gboolean wl_endpoint_forget(WlEngine *self, const WlKey *key, const WlEndpoint *endpoint,
                            GError **error);
