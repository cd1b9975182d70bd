export default { name: "wall", keys: [], open() {} };
