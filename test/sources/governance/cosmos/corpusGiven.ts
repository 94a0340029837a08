export const quokka = (name: string) => `cosmos/quokka/${name}.json`
