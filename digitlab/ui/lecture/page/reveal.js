export default { name: "reveal", keys: [], open() {} };
