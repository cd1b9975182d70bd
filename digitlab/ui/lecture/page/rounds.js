export default { name: "rounds", keys: [], open() {} };
