#!/bin/sh
# Puts what is committed here on a Hugging Face Space: deploy/space/push.sh OWNER/NAME. The Space is made if there is none.
set -eu
[ $# -eq 1 ] || { echo "Usage: $0 OWNER/NAME" >&2; exit 2; }
command -v hf >/dev/null || { echo "This needs Hugging Face's command: pip install huggingface_hub, then hf auth login" >&2; exit 2; }
cd "$(dirname "$0")/../.."
space=$(mktemp -d)
trap 'rm -rf "$space"' EXIT
# What an image is built from, as it is committed: never the drawings, jobs or passwords of a working tree.
git archive HEAD Containerfile .containerignore $(sed -n 's/^!//p' .containerignore) | tar -x -C "$space"
mv "$space/Containerfile" "$space/Dockerfile"
mv "$space/.containerignore" "$space/.dockerignore"
cp deploy/space/README.md "$space/README.md"
# In the frame of huggingface.co, browsers send no cookies, by which Streamlit checks uploads. digitlab needs one
# only of presenters, who open a window of its own.
echo "ENV STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION=false DIGITLAB_FRAMES=https://huggingface.co" >> "$space/Dockerfile"
hf upload "$1" "$space" . --repo-type space --delete "*" --commit-message "digitlab $(git rev-parse --short HEAD)"
