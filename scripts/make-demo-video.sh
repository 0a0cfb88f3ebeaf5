#!/bin/sh
# Makes the clip of the demo: a minute of slowly turning colors with the seconds in large digits, so that
# a seek can be seen. It needs ffmpeg and the font Inter (Debian: ffmpeg and fonts-inter).
set -eu
cd "$(dirname "$0")/.."

seconds=60
font=/usr/share/fonts/opentype/inter/Inter-SemiBold.otf
colors="gradients=size=480x270:rate=15:duration=$seconds:c0=0x101a3a:c1=0x2f5bea:c2=0x14b8a6:c3=0x0b1020:nb_colors=4:speed=0.004:seed=7"
digits="drawtext=fontfile=$font:text='%{eif\\:floor(t)\\:d\\:2}':fontsize=128:fontcolor=white:x=(w-text_w)/2:y=(h-text_h)/2-8"
bar="drawbox=x=0:y=ih-6:w=iw:h=6:color=white@0.18:t=fill"
encode() {
  ffmpeg -hide_banner -loglevel error -y -f lavfi -i "$colors" -filter_complex \
    "[0]$bar,$digits[picture];color=white:size=480x6:rate=15:duration=$seconds[white];[picture][white]overlay=x='-w+w*t/$seconds':y=H-6,format=yuv420p" \
    -c:v libvpx-vp9 -b:v 34k -g 30 -deadline good -cpu-used 2 -row-mt 1 -pass "$1" -passlogfile "$log" \
    -map_metadata -1 -fflags +bitexact -flags:v +bitexact -cues_to_front 1 -f webm "$2"
}
log=$(mktemp -u)
encode 1 /dev/null
encode 2 examples/demo/minute.webm
rm -f "$log"*
ls -l examples/demo/minute.webm
