/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Forgets an endpoint of a peer that others advertised or that worked before. FALSE with *error,
 * of one sentence, if there is no such peer, no such endpoint, or only the profile names it. */
gboolean wl_endpoint_forget(WlEngine *self, const WlKey *key, const WlEndpoint *endpoint,
                            GError **error);
