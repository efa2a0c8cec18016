/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-advertise-rules.h"

gboolean
wl_advertise_rules_allow(const WlPeerTable *peers, const WlKey *own_key, const WlFact *fact)
{
    const WlPeer *subject;

    if (fact->attribute == WL_ATTRIBUTE_MEMBER)
        return FALSE; /* obsolete; metadata replaces it */
    if (wl_key_equal(&fact->subject, own_key))
        return TRUE;
    subject = wl_peer_table_find(peers, &fact->subject);
    return !subject || subject->liveness.healthy || subject->liveness.alive;
}

gboolean
wl_advertise_rules_is_about_receiver(const WlPeer *to, const WlFact *fact)
{
    return fact->attribute != WL_ATTRIBUTE_METADATA && wl_key_equal(&fact->subject, &to->key);
}
