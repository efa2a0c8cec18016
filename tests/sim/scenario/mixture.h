/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "scenario/line.h"

/** Which members run the Go daemon if the scenario does not specify it. */
typedef enum {
    MIXTURE_NATIVE,
    MIXTURE_GO_HUB,
    MIXTURE_GO_LEAVES,
    MIXTURE_GO,
    MIXTURE_N,
} Mixture;

const char *mixture_to_string(Mixture mixture);
gboolean mixture_parse(const char *text, Mixture *mixture);
/** Takes mixtures in brackets from the beginning of a line. *applies: the line has none, or
 * @mixture is among them. FALSE with *error. */
gboolean mixture_take_filter(ScenarioLine *line, Mixture mixture, gboolean *applies,
                             GError **error);
