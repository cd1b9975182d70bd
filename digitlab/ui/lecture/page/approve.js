export function approve() {}
