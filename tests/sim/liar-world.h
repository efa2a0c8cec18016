/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "oracle/record.h"

/** A random world of this seed with liars that never stop, as the text of a scenario, and what they
 * may do. Free with g_free(). */
char *liar_world_new(guint32 seed, RecordTrust *trust);

/** Runs the world of this seed with its lies and without, and compares how well off honest members
 * are. *failure: NULL, or several lines, to be freed. FALSE with *error if the scenario is wrong.
 * @trace: print all events of the run with lies. */
gboolean liar_world_run(guint32 seed, gboolean trace, RecordWorst *worst, char **failure,
                        GError **error);
