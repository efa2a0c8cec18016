# shellcheck shell=bash
# The user-mode Linux half of vm-run, sourced by it: the host's root comes by hostfs, streams go
# through serial lines.

find_uml() {
  local f
  for f in "$uml" "${VM_RUN_UML:-}"; do
    if [ -n "$f" ] && [ -x "$f" ]; then
      realpath "$f"
      return
    fi
  done
  return 1
}

start_uml() {
  local image input=null
  image=$(find_uml) || die "no UML kernel; uml-build makes one"
  rcfile=$share/rc
  : > "$rcfile"
  if [ "$want_stdin" = 1 ]; then
    if [ -t 5 ]; then
      input=fd:5
      : > "$share/tty"
    else
      cat <&5 > "$share/stdin"
    fi
  fi
  install -m 755 "$here/vm/init-uml" "$share/init"
  note "starting UML"
  # Own process namespace: every thread of the guest goes when its kernel goes. Own mount namespace:
  # read-only but for the shares, whatever the guest does.
  # shellcheck disable=SC2016,SC2086  # for the inner shell; vtime and append are lists of words
  unshare --mount --propagation private --pid --fork --kill-child bash -c '
    share=$1 uml=$2 n=$3
    shift 3
    keep=("$share" "${@:1:n}")
    shift "$n"
    for d in "${keep[@]}"; do mount --bind "$d" "$d" || exit 1; done
    while read -r _ _ _ _ m _; do
      for d in "${keep[@]}"; do [ "$m" != "$d" ] || continue 2; done
      case $m in /dev|/dev/*|/proc|/proc/*) continue;; esac
      mount -o remount,bind,ro "$m" 2>/dev/null
    done < /proc/self/mountinfo
    exec "$uml" "$@"' vm-run "$share" "$image" ${#rw[@]} ${rw[@]+"${rw[@]}"} \
    $vtime mem="$mem" uml_dir="$share/" umid=vm root=/dev/root rootfstype=hostfs rootflags=/ ro seccomp=auto \
    init="$share/init" VMRUN_SHARE="$share" quiet loglevel=4 panic=-1 \
    con=null con0=null,fd:1 ssl=null ssl0=$input,fd:1 ssl1=null,fd:3 ssl2=null,fd:4 $append \
    > "$work/console" 2>&1 3> "$work/out" 4> "$work/err" <&5 &
  vmpid=$!
}
